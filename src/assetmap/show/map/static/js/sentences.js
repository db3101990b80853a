// Two sentences for each layer: what a reader should take away.

import { app, areaCount, areasWhere, asTried, currentLayer, labelOf, layerByKey } from "./app.js";
import { byId, isolated } from "./dom.js";
import { counted, formatNumber, smallInitial } from "./format.js";
import { classOf, isKnown, sumPeople, valueOf, wordsOf } from "./records.js";
import { nearestRow } from "./shapes.js";

const NOTHING_COLOUR = "#d9d9d9"; // as in palettes.py
const WORST = 8; // class of high need and low access
const HIGH_NEED = 6; // first class of high need

/** @param {number} area */
export const nameOf = (area) => app.data.areas.names[area];

/**
 * Name of an area with the town or village nearest to where its people live: codes mean little to most readers.
 * @param {number} area
 */
export function placedName(area) {
  const near = nearestPlace(area);
  return near ? `${nameOf(area)} (near ${near})` : nameOf(area);
}

/** @param {number} area */
export function nearestPlace(area) {
  const { places } = app.marks;
  if (!places || !app.data.places) return "";
  const { middles } = app.areas;
  const row = nearestRow(middles.x[area], middles.y[area], places, places.x.keys());
  return row < 0 ? "" : app.data.places.names[row];
}

/** @param {number[]} areas */
export const peopleOf = (areas) => sumPeople(areas, app.data.areas.people);

/** @param {number[]} areas "12 of 326 neighbourhoods, home to 20,000 people," */
function shareWords(areas) {
  const people = peopleOf(areas);
  const home = people === null ? "" : `, home to ${counted(people, "person", "people")},`;
  return `${formatNumber(areas.length)} of ${counted(areaCount(), "neighbourhood")}${home}`;
}

/** @param {number[]} areas @param {(area: number) => number} measure @returns {number} the first with the most; -1 for none */
const areaWithMost = (areas, measure) =>
  areas.reduce((best, area) => (best < 0 || measure(area) > measure(best) ? area : best), -1);

/** @param {number} area */
const residents = (area) => app.data.areas.people[area] || 0;

export function headingSentences() {
  const layer = asTried(currentLayer());
  const words = layer.kind === "bivariate" ? gapWords(layer) : layer.kind === "number" ? numberWords(layer) : categoryWords(layer);
  return (layer === currentLayer() ? "" : "Trial: ") + words.filter(Boolean).join(" ");
}

/** @param {LayerRecord} layer */
function gapWords(layer) {
  const worst = areasWhere((area) => classOf(layer, area) === WORST);
  if (!worst.length) return [`None of ${counted(areaCount(), "neighbourhood")} has both high need and low access.`, unknownWords(layer)];
  const first = `${shareWords(worst)} ${worst.length === 1 ? "has" : "have"} high need and low access compared with the others.`;
  const km = app.data.far_km;
  const far = areasWhere((area) => classOf(layer, area) >= HIGH_NEED && isBeyond(area, km));
  if (!far.length) return [first, `The largest is ${placedName(areaWithMost(worst, residents))}.`];
  const type = app.data.trial?.type;
  const asset = type ? smallInitial(labelOf("asset_types", type)) : "asset";
  const second = `${counted(far.length, "neighbourhood")} with high need ${far.length === 1 ? "is" : "are"} more than ${km} km from the nearest open ${asset}`;
  const largest = placedName(areaWithMost(far, residents));
  return [first, far.length === 1 ? `${second}: ${largest}.` : `${second}. The largest is ${largest}.`];
}

/**
 * Whether an area lies farther than so many kilometres from any open asset. Values are kept to 0.1 km, where 5.04 reads
 * 5.0: the classes and the metres of the trial know better.
 * @param {number} area @param {number} km
 */
function isBeyond(area, km) {
  const published = layerByKey("distance");
  if (!published) return false;
  const distance = asTried(published);
  if (!isKnown(distance, area)) return false;
  const bound = (distance.upper || []).indexOf(km);
  if (bound >= 0) return classOf(distance, area) > bound;
  return app.trial ? (app.trial.metres[area] ?? 0) > km * 1000 : (valueOf(distance, area) ?? 0) > km;
}

/** @param {LayerRecord} layer */
function numberWords(layer) {
  const known = areasWhere((area) => valueOf(layer, area) !== null);
  if (!known.length) return ["Nothing is known for this layer."];
  const value = (/** @type {number} */ area) => valueOf(layer, area) ?? 0;
  // values are rounded, so several may look highest: the page was told which one is, for values that no trial changed
  const highest = layer === currentLayer() ? layer.highest ?? areaWithMost(known, value) : areaWithMost(known, value);
  if (!layer.ranks) {
    const lowest = areaWithMost(known, (area) => -value(area));
    const brackets = layer.low ? " The range of each estimate is in brackets." : "";
    return [`Neighbourhoods range from ${wordsOf(layer, lowest)} to ${wordsOf(layer, highest)}.${brackets}`,
      "The total is shared out by population, so do not use it to rank neighbourhoods.", unknownWords(layer)];
  }
  const top = layer.classes.length - 1;
  const inTop = known.filter((area) => classOf(layer, area) === top);
  return [`${shareWords(inTop)} ${inTop.length === 1 ? "is" : "are"} in the highest class (${layer.classes[top].label}).`,
    `The highest is ${placedName(highest)}: ${wordsOf(layer, highest)}.`, unknownWords(layer)];
}

/** @param {LayerRecord} layer */
function categoryWords(layer) {
  /** @param {number} code */
  const grey = (code) => Number(layer.colours[code] === NOTHING_COLOUR); // nothing found: said last
  const order = [...layer.classes.keys()].sort((a, b) => grey(a) - grey(b) || layer.classes[b].areas - layer.classes[a].areas);
  if (!order.length) return ["Nothing is known for this layer."];
  const [first, ...others] = order.map((code) => layer.classes[code]);
  const rest = others.slice(0, 4).map((one) => `${formatNumber(one.areas)}: ${one.label}`).join("; ");
  return [`${formatNumber(first.areas)} of ${counted(areaCount(), "neighbourhood")}: ${first.label}.`, rest ? `${rest}.` : "", unknownWords(layer)];
}

/** @param {LayerRecord} layer */
const unknownWords = (layer) => (layer.unknown.areas ? `Not known for ${counted(layer.unknown.areas, "neighbourhood")}.` : "");

export function drawHeading() {
  byId("am-title").replaceChildren(isolated(app.data.title));
  byId("am-sentence").replaceChildren(isolated(headingSentences()));
}

/**
 * Place of an area in a layer: 1 is the highest value, 0 means that the layer has no ranks.
 * @param {LayerRecord} layer @param {number} area
 */
export function rankOf(layer, area) {
  const own = valueOf(layer, area);
  if (!layer.ranks || own === null) return 0;
  return 1 + areasWhere((other) => (valueOf(layer, other) ?? -Infinity) > own).length;
}
