// The legend: each class in words with its areas and people, what is not known, marks, and where it comes from.

import { app, areasWhere, asTried, currentLayer, layersByGroup, setState } from "./app.js";
import { byId, el, fillWith, isolated, safeColour } from "./dom.js";
import { filterWords } from "./filter_panel.js";
import { counted, formatNumber, lookUp, sentenceCase } from "./format.js";
import { SECTORS, isMarkedOpen, sectorOf, swatch } from "./marks.js";
import { isKnown, isUnsure } from "./records.js";
import { peopleOf } from "./sentences.js";

export function drawLegend() {
  const layer = asTried(currentLayer());
  byId("am-legend-title").replaceChildren(isolated(layer.label), asTried(currentLayer()) === currentLayer() ? "" : " (trial)");
  const parts = [layer.kind === "bivariate" ? bivariateKey(layer) : classKey(layer)];
  if (layer.direction) parts.push(el("p", { class: "am-direction" }, isolated(layer.direction)));
  const uncounted = app.data.areas.people.filter((people) => people === null).length;
  if (uncounted) parts.push(el("p", { class: "am-direction" }, `The population of ${counted(uncounted, "neighbourhood")} is not known, so the totals leave ${uncounted === 1 ? "it" : "them"} out.`));
  if (layer.low) parts.push(el("p", { class: "am-direction" }, "These are estimates. Each card, and the table, gives the range."));
  parts.push(marksKey());
  if (app.state.people) parts.push(el("p", { class: "am-direction" }, "The larger the circle, the more people live there."));
  parts.push(legendNotes(layer));
  fillWith(byId("am-legend-body"), ...parts);
  fillWith(byId("am-legend-short"), ...shortKey(layer));
}

/**
 * The key in one line, for a legend that is closed.
 * @param {LayerRecord} layer
 */
function shortKey(layer) {
  if (layer.kind === "bivariate") return [el("span", { class: "am-box", colour: layer.colours[8] }), "high need, low access"];
  if (layer.kind !== "number") return [];
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
  const table = el("table", { class: "am-nine" }, el("caption", {}, "Neighbourhoods in each class"),
    el("thead", {}, head), el("tbody", {}, ...rows));
  const words = el("p", { class: "am-worstline" }, el("span", { class: "am-box", colour: layer.colours[8] }),
    el("span", {}, "High need, low access: ", el("strong", {}, countWords(worst))));
  const extra = [];
  if (layer.unknown.areas) extra.push(unknownRow(layer));
  if (layer.unreliable) extra.push(unsureRow(layer));
  const more = extra.length ? el("table", { class: "am-key" }, el("tbody", {}, ...extra)) : null;
  return el("div", {}, words, table, more);
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
  let closed = 0;
  for (let row = 0; row < app.marks.shown.length; row += 1) {
    if (!app.marks.shown[row]) continue;
    const sector = sectorOf(row);
    counts.set(sector, (counts.get(sector) || 0) + 1);
    if (!isMarkedOpen(row)) closed += 1;
  }
  if (!counts.size) return null;
  const lines = Object.values(SECTORS).filter((sector) => counts.has(sector)).map((sector) =>
    el("li", {}, swatch(sector), el("span", {}, sentenceCase(sector.words)), el("span", { class: "am-count" }, formatNumber(counts.get(sector)))));
  if (closed) lines.push(el("li", {}, swatch(SECTORS.unknown, false), el("span", {}, "Crossed out: not open"), el("span", { class: "am-count" }, formatNumber(closed))));
  return el("div", { class: "am-marks" }, el("h3", {}, filterWords()), el("ul", {}, ...lines));
}

/** @param {LayerRecord} layer */
function legendNotes(layer) {
  const found = sourcesOf(layer);
  const lines = found.map((source) => el("li", {}, isolated(sourceLine(source))));
  const dated = found.map((source) => (source.date ? `${source.title} (${source.date})` : source.title)).join("; ");
  return el("div", {}, dated ? el("p", { class: "am-dated" }, isolated(dated)) : null, moreNotes(layer, lines));
}

/** @param {LayerRecord} layer @param {HTMLElement[]} lines */
const moreNotes = (layer, lines) =>
  el("details", { class: "am-notes" }, el("summary", {}, "About this layer and its sources"),
    layer.description ? el("p", {}, isolated(layer.description)) : null,
    el("p", {}, `Classes: ${layer.scheme}. A value on a boundary is in the lower class.`),
    lines.length ? el("ul", {}, ...lines) : null);

/** @param {LayerRecord} layer @returns {Source[]} */
export const sourcesOf = (layer) =>
  layer.sources.flatMap((id) => lookUp(app.data.sources, id) || []);

/** @param {Source} source */
export const sourceLine = (source) =>
  [source.title, source.publisher, source.date, source.licence].filter(Boolean).join(" · ");

export function drawLayerList() {
  const choose = (/** @type {any} */ event) => setState({ layer: Number(event.target.value) });
  /** @param {LayerRecord} layer */
  const radio = (layer) => {
    const value = app.data.layers.indexOf(layer);
    return el("label", { class: "am-radio" },
      el("input", { type: "radio", name: "am-layer", value, checked: value === app.state.layer, onchange: choose }), isolated(layer.label));
  };
  fillWith(byId("am-layer-list"), ...layersByGroup((layer) => layer.kind !== "fact").map(([heading, layers]) =>
    el("fieldset", {}, el("legend", {}, isolated(heading)), ...layers.map(radio))));
}

export function markLayerList() {
  for (const input of byId("am-layer-list").querySelectorAll("input")) {
    input.checked = Number(input.value) === app.state.layer;
  }
}

export function drawAbout() {
  const body = [];
  if (app.data.notes.length) {
    body.push(el("h3", {}, "Read this with the figures"),
      el("ul", { class: "am-warnings" }, ...app.data.notes.map((note) => el("li", {}, isolated(note.sentence)))));
  }
  const all = Object.values(app.data.sources);
  if (all.length) {
    body.push(el("h3", {}, "Sources"), el("ul", {}, ...all.map((source) =>
      el("li", {}, isolated(sourceLine(source)), source.attribution ? el("small", {}, isolated(source.attribution)) : null))));
  }
  const audience = app.data.audience === "public"
    ? "This copy is for the public. It has no contact details and does not give the exact location of sensitive assets."
    : "This copy is for internal use. It may have contact details and exact locations. Do not publish it.";
  body.push(el("p", {}, audience), el("p", {}, tileWords()),
    el("p", {}, "Drawn with Leaflet 1.9.4 (BSD 2-Clause) and folium; colours from ColorBrewer (Apache 2.0) and Okabe and Ito."));
  fillWith(byId("am-about-body"), ...body);
}

function tileWords() {
  const hosts = new Set();
  app.map.eachLayer((layer) => {
    if (!(layer instanceof L.TileLayer)) return;
    hosts.add(String(/** @type {any} */ (layer)._url).replace(/^https?:\/\//, "").split("/")[0].replace("{s}.", ""));
  });
  return hosts.size
    ? `Your browser downloads the background map from ${[...hosts].join(", ")}. It contacts no other website.`
    : "This page is complete. It downloads nothing and sends nothing.";
}
