// The question that the map opens with: where is need high and the nearest site far? The widest gaps are marked and
// named in order, everything else is pale; the nine classes of need and access are one click away.

import { app, asTried, currentLayer, layerByKey, setState, siteWord } from "./app.js";
import { el, isolated } from "./dom.js";
import { nameOf } from "./names.js";
import { classOf, isUnsure, valueOf, wordsOf } from "./records.js";

export const WORST = 8; // class of high need and low access
const HIGH_NEED = 6; // first class of high need
const MOST_WIDEST = 10;
const PALE = "#fbfaf6";

/** @param {LayerRecord} layer whether it is shown as the widest gaps alone */
export const isSimple = (layer) => layer.kind === "bivariate" && !app.state.nine;

/** The layer as it is drawn: as the trial left it, and pale but for the widest gaps where the map asks its question. */
export function drawnLayer() {
  const layer = asTried(currentLayer());
  if (!isSimple(layer)) return layer;
  return { ...layer, colours: layer.colours.map((colour, code) => (code === WORST ? colour : PALE)), unreliable: undefined };
}

/** The areas with the widest gaps, in the order of their published rank. */
export function widestGaps() {
  const ranks = layerByKey("gap_rank");
  const layer = layerByKey("gap");
  if (!ranks?.values || !layer) return [];
  const found = [];
  for (const [area, rank] of ranks.values.entries()) {
    if (rank !== null && classOf(layer, area) === WORST) found.push({ area, rank });
  }
  return found.sort((a, b) => a.rank - b.rank || a.area - b.area).slice(0, MOST_WIDEST);
}

/** The neighbourhood with high need that is furthest from an open site; -1 where that is not known. */
export function furthestInNeed() {
  const [gap, distance] = [layerByKey("gap"), layerByKey("distance")];
  if (!gap || !distance) return -1;
  const measured = asTried(distance);
  let found = -1;
  for (let area = 0; area < app.data.areas.codes.length; area += 1) {
    const away = valueOf(measured, area);
    if (classOf(gap, area) >= HIGH_NEED && away !== null && (found < 0 || away > (valueOf(measured, found) ?? 0))) found = area;
  }
  return found;
}

export const comparedWith = () => `compared with the rest of ${app.data.area_name || "these areas"}`;

/** @param {LayerRecord} layer */
export function questionWords(layer) {
  if (layer.kind !== "bivariate") return layer.label;
  return app.data.main ? `Where is need high and the nearest ${siteWord()} far?` : "Where is need high and access low?";
}

/** @param {number} area "8.8 km", or "" where no distance is known */
export function farWords(area) {
  const layer = layerByKey("distance");
  return layer && valueOf(asTried(layer), area) !== null ? wordsOf(asTried(layer), area) : "";
}

/**
 * Neighbourhoods in the darkest class whose gap score is printed like that of another, itself included.
 * @param {LayerRecord} layer @param {number} area
 */
export function alikeGaps(layer, area) {
  const score = layerByKey("gap_score");
  if (!score) return 1;
  return app.data.areas.codes.filter((_, other) => classOf(layer, other) === WORST && valueOf(score, other) === valueOf(score, area)).length;
}

/** @param {LayerRecord} layer @param {{area: number, rank: number}[]} widest how the list is called: the widest gaps only where no other is as wide */
export function widestWords(layer, widest) {
  const last = widest[widest.length - 1];
  const listed = new Set(widest.map(({ area }) => area));
  const [score, ranks] = [layerByKey("gap_score"), layerByKey("gap_rank")];
  const others = app.data.areas.codes.map((_, area) => area).filter((area) => !listed.has(area));
  const equal = score && others.some((area) => classOf(layer, area) === WORST && valueOf(score, area) === valueOf(score, last.area));
  const before = ranks && others.some((area) => { const rank = valueOf(ranks, area); return rank !== null && rank < last.rank; });
  const which = before ? " with high need and low access" : "";
  if (widest.length === 1 && !equal) return `The widest gap${which}`;
  return `${equal ? `${widest.length} of the` : `The ${widest.length}`} widest gaps${which}, widest first`;
}

/** The list of the widest gaps for the key: each leads to its figures. */
export function widestList() {
  const layer = layerByKey("gap");
  const widest = widestGaps();
  if (!layer || !widest.length) return null;
  const unsure = widest.filter(({ area }) => isUnsure(layer, area));
  const lines = widest.map(({ area, rank }) => el("li", {}, el("button", {
    type: "button", onclick: () => setState({ area, asset: -1 }),
  }, el("span", { class: "am-number" }, String(rank)), el("span", {}, isolated(nameOf(area)), isUnsure(layer, area) ? el("small", {}, " less certain") : null),
    el("span", { class: "am-far" }, farWords(area)))));
  return el("div", {}, el("h3", {}, widestWords(layer, widest)),
    el("ol", { class: "am-widest" }, ...lines),
    unsure.length ? el("p", { class: "am-direction" }, "Less certain: other reasonable choices of method often move it out of the darkest class.") : null);
}

/** The button between the widest gaps and the nine classes. */
export const classesButton = () => el("button", { type: "button", class: "am-button", id: "am-nine", onclick: () => {
  setState({ nine: !app.state.nine });
  document.getElementById("am-nine")?.focus();
} }, app.state.nine ? "Show only the widest gaps" : "Show all nine classes of need and access");
