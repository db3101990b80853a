// Two sentences for each layer: what a reader should take away.

import { app, areaCount, areasWhere, asTried, currentLayer, layerByKey, siteWord } from "./app.js";
import { byId, isolated } from "./dom.js";
import { counted, formatNumber } from "./format.js";
import { WORST, alikeGaps, comparedWith, farWords, furthestInNeed, questionWords, widestGaps } from "./gaps.js";
import { placedName } from "./names.js";
import { classOf, higherFirst, sumPeople, valueOf, wordsOf } from "./records.js";

const NOTHING_COLOUR = "#d9d9d9"; // as in palettes.py

/** @param {number[]} areas */
export const peopleOf = (areas) => sumPeople(areas, app.data.areas.people);

/** @param {number[]} areas "12 of 326 neighbourhoods, home to 20,000 people," */
function shareWords(areas) {
  const people = peopleOf(areas);
  const home = people === null ? "" : `, home to ${counted(people, "person", "people")},`;
  return `${formatNumber(areas.length)} of ${counted(areaCount(), "neighbourhood")}${home}`;
}

/** @param {number[]} areas @param {(one: number, other: number) => number} compare @returns {number} the first in this order; -1 for none */
const firstOf = (areas, compare) => areas.reduce((best, area) => (best < 0 || compare(area, best) < 0 ? area : best), -1);

export function headingSentences() {
  const layer = asTried(currentLayer());
  const words = layer.kind === "bivariate" ? gapWords(layer) : layer.kind === "number" ? numberWords(layer) : categoryWords(layer);
  return (layer === currentLayer() ? "" : "Trial: ") + words.filter(Boolean).join(" ");
}

/** @param {LayerRecord} layer */
function gapWords(layer) {
  const worst = areasWhere((area) => classOf(layer, area) === WORST);
  if (!worst.length) return [`Nowhere in ${app.data.area_name || "these areas"}: no neighbourhood has both high need and low access.`, furthestWords(), unknownWords(layer)];
  const first = layer === currentLayer() ? widestGaps()[0] : undefined;
  const far = first ? farWords(first.area) : "";
  const alike = first ? alikeGaps(layer, first.area) : 1;
  const score = layerByKey("gap_score");
  const where = first ? `${placedName(first.area)}${far ? `, ${far} from the nearest open ${siteWord()}` : ""}` : "";
  const most = first ? `; most of all in ${alike === 1 || !score ? where : `${alike} with a gap score of ${wordsOf(score, first.area)}, one of them ${where}`}` : "";
  return [`In ${shareWords(worst)} ${comparedWith()}${most}.`, unknownWords(layer)];
}

function furthestWords() {
  const far = furthestInNeed();
  return far < 0 ? "" : `Of those with high need, none is further from an open ${siteWord()} than ${placedName(far)}: ${farWords(far)}.`;
}

/** @param {LayerRecord} layer */
function numberWords(layer) {
  const known = areasWhere((area) => valueOf(layer, area) !== null);
  if (!known.length) return ["Nothing is known for this layer."];
  const value = (/** @type {number} */ area) => valueOf(layer, area) ?? 0;
  const [highest, lowest] = [firstOf(known, (one, other) => higherFirst(layer, one, other)), firstOf(known, (one, other) => higherFirst(layer, other, one))];
  if (!layer.ranks) {
    const brackets = layer.low ? " The range of each estimate is in brackets." : "";
    return [`Neighbourhoods range from ${wordsOf(layer, lowest)} to ${wordsOf(layer, highest)}.${brackets}`,
      "Do not use this layer to rank neighbourhoods.", unknownWords(layer)];
  }
  const every = layer.unknown.areas ? "Where it is known, every" : "Every";
  if (value(lowest) === value(highest)) return [`${every} neighbourhood has the same value: ${wordsOf(layer, highest)}.`, unknownWords(layer)];
  const alike = known.filter((area) => value(area) === value(highest)).length; // as it is printed
  const top = classOf(layer, highest); // in a trial the published highest class may be empty
  const inTop = known.filter((area) => classOf(layer, area) === top);
  return [`${shareWords(inTop)} ${inTop.length === 1 ? "is" : "are"} in the highest class (${layer.classes[top].label}).`,
    alike === 1 ? `The highest is ${placedName(highest)}: ${wordsOf(layer, highest)}.` : `The highest value is that of ${counted(alike, "neighbourhood")}: ${wordsOf(layer, highest)}.`,
    unknownWords(layer)];
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
  const question = byId("am-question");
  question.hidden = false;
  question.replaceChildren(isolated(questionWords(currentLayer())));
  byId("am-sentence").replaceChildren(isolated(headingSentences()));
}
