// The legend: each class in words with its areas and people, what is not known, marks, and where it comes from.

import { app, areasWhere, asTried, currentLayer, labelOfMany } from "./app.js";
import { LOST, losers } from "./areas.js";
import { byId, el, fillWith, isolated, safeColour } from "./dom.js";
import { filterWords } from "./filter_panel.js";
import { counted, formatNumber, lookUp, sentenceCase, smallInitial } from "./format.js";
import { WORST, classesButton, comparedWith, drawnLayer, isSimple, widestList } from "./gaps.js";
import { aboutGroups, isDot, isMarkedOpen, sectorOf } from "./marks.js";
import { LINES } from "./ground.js";
import { isKnown, isUnsure } from "./records.js";
import { peopleOf } from "./sentences.js";
import { GROUP_DOT, SECTORS, dotSwatch, swatch } from "./symbols.js";

const NOT_STATED = "not stated"; // where a file says nothing of its date

export function drawLegend() {
  const layer = asTried(currentLayer());
  const simple = isSimple(layer);
  byId("am-legend-title").replaceChildren(isolated(layer.label), asTried(currentLayer()) === currentLayer() ? "" : " (trial)");
  const parts = simple ? simpleKey(layer) : [layer.kind === "bivariate" ? bivariateKey(layer) : classKey(layer)];
  if (layer.direction && !simple) parts.push(el("p", { class: "am-direction" }, isolated(layer.direction)));
  const uncounted = app.data.areas.people.filter((people) => people === null).length;
  if (uncounted) parts.push(el("p", { class: "am-direction" }, `The population of ${counted(uncounted, "neighbourhood")} is not known, so the totals leave ${uncounted === 1 ? "it" : "them"} out.`));
  if (layer.low) parts.push(el("p", { class: "am-direction" }, "These are estimates. Each card, and the table, gives the range."));
  if (losers().length) parts.push(el("p", { class: "am-worstline" }, lostBox(), el("span", {}, `Outlined: further from an open ${smallInitial(siteName())} in this trial, ${counted(losers().length, "neighbourhood")}`)));
  parts.push(marksKey(), linesKey());
  if (app.state.people) parts.push(el("p", { class: "am-direction" }, "The larger the circle, the more people live there."));
  parts.push(legendNotes(layer));
  fillWith(byId("am-legend-body"), ...parts);
  fillWith(byId("am-legend-short"), ...shortKey(layer));
}

/** @param {LayerRecord} layer the widest gaps against everything else */
function simpleKey(layer) {
  const worst = layer.classes[WORST];
  const colours = drawnLayer().colours;
  const others = areasWhere((area) => isKnown(layer, area)).length - worst.areas;
  const line = (/** @type {string} */ colour, /** @type {any[]} */ ...words) => el("p", { class: "am-worstline" }, el("span", { class: "am-box", colour }), el("span", {}, ...words));
  return [
    line(colours[WORST], "High need, low access ", isolated(comparedWith()), ": ", el("strong", {}, worst.areas ? countWords(worst) : "none")),
    line(colours[0], `Everywhere else: ${counted(others, "neighbourhood")}`),
    layer.unknown.areas ? el("p", { class: "am-worstline" }, el("span", { class: "am-box am-hatched" }), `Not known: ${counted(layer.unknown.areas, "neighbourhood")}`) : null,
    widestList(), classesButton(),
  ];
}

function lostBox() {
  const box = el("span", { class: "am-box" });
  box.style.borderColor = LOST;
  box.style.borderWidth = "2.5px";
  return box;
}

const siteName = () => (app.data.main ? labelOfOne(app.data.main) : "asset");

/** @param {string} type */
const labelOfOne = (type) => lookUp(app.data.assets?.labels.asset_types, type) || type;

/**
 * The key in one line, for a legend that is closed.
 * @param {LayerRecord} layer
 */
function shortKey(layer) {
  if (layer.kind === "bivariate") return [el("span", { class: "am-box", colour: layer.colours[8] }), "high need, low access"];
  if (layer.kind !== "number" || !layer.classes.length) return [];
  const words = (/** @type {number} */ at) => isolated(withoutUnit(layer.classes[at].label, at ? "" : layer.unit));
  return [words(0), ...layer.colours.map((colour) => el("span", { class: "am-box", colour })), words(layer.classes.length - 1)];
}

/** @param {Counts} one */
const countWords = (one) =>
  counted(one.areas, "neighbourhood") + (one.people === null ? "" : `, ${counted(one.people, "person", "people")}`);

/** @param {LayerRecord} layer */
function classKey(layer) {
  const rows = layer.classes.map((one, code) =>
    keyRow(el("span", { class: "am-box", colour: layer.colours[code] }), withoutUnit(one.label, layer.unit), one.areas, one.people));
  if (layer.unknown.areas) rows.push(unknownRow(layer));
  if (layer.unreliable) rows.push(unsureRow(layer));
  const head = el("tr", {}, el("th", { scope: "col" }, isolated(layer.unit || "Class")),
    el("th", { scope: "col" }, "neighbour\u00adhoods"), el("th", { scope: "col" }, "people"));
  return el("table", { class: "am-key" }, el("thead", {}, head), el("tbody", {}, ...rows));
}

/**
 * The unit stands once, above the classes.
 * @param {string} label @param {string} unit
 */
const withoutUnit = (label, unit) => (unit && label.endsWith(` ${unit}`) ? label.slice(0, -unit.length - 1) : label);

/** @param {Node} box @param {string} words @param {number} areas @param {number | null} people */
const keyRow = (box, words, areas, people) =>
  el("tr", {}, el("th", { scope: "row" }, el("span", { class: "am-keyline" }, box, isolated(words))),
    el("td", {}, formatNumber(areas)), el("td", {}, formatNumber(people)));

/** @param {LayerRecord} layer */
const unknownRow = (layer) =>
  keyRow(el("span", { class: "am-box am-hatched" }), "not known", layer.unknown.areas, layer.unknown.people);

/** @param {LayerRecord} layer */
function unsureRow(layer) {
  const found = areasWhere((area) => isUnsure(layer, area) && isKnown(layer, area));
  return keyRow(el("span", { class: "am-box am-unsure" }), "unreliable (white stripes)", found.length, peopleOf(found));
}

/**
 * Three by three: rows from high need to low, columns from high access to low.
 * @param {LayerRecord} layer
 */
function bivariateKey(layer) {
  const level = ["low", "middle", "high"];
  const rows = [2, 1, 0].map((need) => {
    const cells = [0, 1, 2].map((far) => {
      const code = need * 3 + far;
      const cell = el("td", { colour: layer.colours[code], class: code === 8 ? "am-worst" : "" }, formatNumber(layer.classes[code].areas));
      cell.style.color = inkOn(layer.colours[code]);
      return cell;
    });
    return el("tr", {}, el("th", { scope: "row" }, `${level[need]} need`), ...cells);
  });
  const head = el("tr", {}, el("td", {}), ...["high", "middle", "low"].map((word) => el("th", { scope: "col" }, `${word} access`)));
  const worst = layer.classes[8];
  const table = el("table", { class: "am-nine" }, el("caption", {}, "Neighbourhoods in each class, ", isolated(comparedWith())),
    el("thead", {}, head), el("tbody", {}, ...rows));
  const words = el("p", { class: "am-worstline" }, el("span", { class: "am-box", colour: layer.colours[8] }),
    el("span", {}, "High need, low access: ", el("strong", {}, countWords(worst))));
  const extra = [];
  if (layer.unknown.areas) extra.push(unknownRow(layer));
  if (layer.unreliable) extra.push(unsureRow(layer));
  const more = extra.length ? el("table", { class: "am-key" }, el("tbody", {}, ...extra)) : null;
  return el("div", {}, words, table, more, classesButton());
}

/** @param {string} colour */
function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(safeColour(colour).slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#111111" : "#ffffff";
}

function marksKey() {
  if (!app.data.assets) return null;
  const counts = new Map();
  let [closed, dots, groups] = [0, 0, 0];
  for (let row = 0; row < app.marks.shown.length; row += 1) {
    if (!app.marks.shown[row]) continue;
    if (isDot(row)) {
      if (aboutGroups() && app.marks.isGroup[row]) groups += 1;
      else dots += 1;
      continue;
    }
    const sector = sectorOf(row);
    counts.set(sector, (counts.get(sector) || 0) + 1);
    if (!isMarkedOpen(row)) closed += 1;
  }
  if (!counts.size && !dots && !groups) return null;
  /** @param {Node} sign @param {string} words @param {number} count */
  const line = (sign, words, count) => el("li", {}, sign, el("span", {}, words), el("span", { class: "am-count" }, formatNumber(count)));
  const lines = Object.values(SECTORS).filter((sector) => counts.has(sector)).map((sector) => line(swatch(sector), sentenceCase(sector.words), counts.get(sector)));
  if (closed) lines.push(line(swatch(SECTORS.unknown, false), "Crossed out: not open", closed));
  if (groups) lines.push(line(dotSwatch(GROUP_DOT, 4.6), "Groups on the lists", groups));
  if (dots) lines.push(line(dotSwatch(), counts.size || groups ? "Other places" : "Places", dots));
  const heading = app.marks.plain && app.data.main && !aboutGroups() ? `${labelOfMany(app.data.main)} and other places` : filterWords();
  return el("div", { class: "am-marks" }, el("h3", {}, isolated(heading)), el("ul", {}, ...lines));
}

/** What the lines are, where a file has them. */
function linesKey() {
  const drawn = LINES.filter(([kind]) => app.data.lines?.[/** @type {"roads" | "rivers"} */ (kind)]);
  if (!drawn.length) return null;
  return el("p", { class: "am-worstline am-lines" }, ...drawn.flatMap(([, colour, , words]) => {
    const line = el("span", { class: "am-rule" });
    line.style.borderTopColor = String(colour);
    return [line, el("span", {}, String(words))];
  }));
}

/** @param {LayerRecord} layer */
function legendNotes(layer) {
  const found = sourcesOf(layer);
  const lines = found.map((source) => el("li", {}, isolated(sourceLine(source))));
  const dated = found.map((source) => datedTitle(source, layer)).join("; ");
  return el("div", {}, dated ? el("p", { class: "am-dated" }, isolated(dated)) : null, moreNotes(layer, lines));
}

/**
 * Title and date of a source. People have the year they were counted in, which is not that of the index they came with.
 * @param {Source} source @param {LayerRecord} layer
 */
function datedTitle(source, layer) {
  const year = app.data.areas.people_year;
  if (layer.unit === "people" && year) return `Residents of ${year}, from: ${source.title}`;
  const said = !source.date || source.date === NOT_STATED || source.title?.includes(source.date);
  return said ? source.title : `${source.title} (${source.date})`;
}

/** @param {LayerRecord} layer @param {HTMLElement[]} lines */
const moreNotes = (layer, lines) =>
  el("details", { class: "am-notes" }, el("summary", {}, "About this layer and its sources"),
    layer.description ? el("p", {}, isolated(layer.description)) : null,
    isSimple(layer) ? null : el("p", {}, `Classes: ${layer.scheme}. A value on a boundary is in the lower class.`),
    lines.length ? el("ul", {}, ...lines) : null);

/** @param {LayerRecord} layer @returns {Source[]} */
export const sourcesOf = (layer) =>
  layer.sources.flatMap((id) => lookUp(app.data.sources, id) || []);

/** @param {Source} source */
export const sourceLine = (source) =>
  [source.title, source.publisher, source.date, source.licence].filter((words) => words && words !== NOT_STATED).join(" · ");

