// Values out of the packed columns of layers and assets.

import { NOT_KNOWN, formatNumber } from "./format.js";

/** @param {Coded | undefined} coded @param {number} row */
export const textOf = (coded, row) => (coded && coded.codes[row] >= 0 ? withNumbers(coded, coded.words[coded.codes[row]], row) : "");

/**
 * Put the numbers of a row back into its sentence, where sentences that differ only in numbers are stored once.
 * @param {Coded} coded @param {string} words @param {number} row
 */
function withNumbers({ numbers }, words, row) {
  if (!numbers) return words;
  let at = -1;
  return words.replace(/\u0001/g, () => numbers[at += 1][row]);
}

/**
 * The codes of a row that may have many.
 * @param {CodedLists | undefined} coded @param {number} row
 */
export const codesOf = (coded, row) => (coded ? coded.lists[row].map((code) => coded.words[code]) : []);

/**
 * The number of a layer for an area, in the unit shown; null where it is not known.
 * @param {LayerRecord} layer @param {number} area
 */
export const valueOf = (layer, area) => scaled(layer, layer.values, area);

/** @param {LayerRecord} layer @param {(number | null)[] | undefined} stored @param {number} area */
export function scaled(layer, stored, area) {
  const value = stored ? stored[area] : null;
  return value === null ? null : value / 10 ** layer.decimals;
}

/**
 * Compare two areas by their exact values, the higher first and unknown ones last: values are rounded, `within` orders those
 * that round to the same.
 * @param {LayerRecord} layer @param {number} one @param {number} other
 */
export function higherFirst(layer, one, other) {
  const [first, second] = [layer.values?.[one] ?? null, layer.values?.[other] ?? null];
  if (first === null || second === null) return Number(first === null) - Number(second === null);
  return second - first || (layer.within ? layer.within[one] - layer.within[other] : 0);
}

/**
 * How many areas that round to the same value are truly higher, for each area; those without a value count 0.
 * @param {(number | null)[]} rounded @param {(number | null)[]} exact
 */
export function withinRounded(rounded, exact) {
  /** @type {Map<number, number[]>} */
  const alike = new Map();
  rounded.forEach((value, area) => {
    if (value !== null) alike.set(value, alike.get(value) || []).get(value)?.push(area);
  });
  return rounded.map((value, area) => (value === null ? 0
    : (alike.get(value) || []).filter((other) => (exact[other] ?? 0) > (exact[area] ?? 0)).length));
}

/**
 * Place of an area among those whose value is known: 1 is the highest, equal values share a place, 0 means no place.
 * @param {LayerRecord} layer @param {number} area
 */
export function rankOf(layer, area) {
  if (!layer.ranks || !layer.values || layer.values[area] === null) return 0;
  return 1 + layer.values.filter((_value, other) => higherFirst(layer, other, area) < 0).length;
}

/**
 * The class of an area; -1 where it is not known.
 * @param {LayerRecord} layer @param {number} area
 */
export const classOf = (layer, area) => (layer.codes && layer.codes[area] !== "." ? layer.codes.charCodeAt(area) - 97 : -1);

/** @param {LayerRecord} layer @param {number} area */
export const isKnown = (layer, area) => classOf(layer, area) >= 0;

/** @param {LayerRecord} layer @param {number} area */
export const isUnsure = (layer, area) => Boolean(layer.unreliable) && layer.unreliable?.[area] === "1";

/** @param {number[]} codes */
export const codesToText = (codes) => codes.map((code) => (code < 0 ? "." : String.fromCharCode(97 + code))).join("");

/**
 * What a layer says about an area, in words, with its interval where there is one.
 * @param {LayerRecord} layer @param {number} area
 */
export function wordsOf(layer, area) {
  if (layer.text) return textOf(layer.text, area) || NOT_KNOWN;
  if (!layer.values) return isKnown(layer, area) ? layer.classes[classOf(layer, area)].label : NOT_KNOWN;
  const value = valueOf(layer, area);
  if (value === null) return NOT_KNOWN;
  let words = formatNumber(value, layer.decimals);
  const [low, high] = [scaled(layer, layer.low, area), scaled(layer, layer.high, area)];
  if (layer.low && low !== null && high !== null) {
    words += ` (${formatNumber(low, layer.decimals)} to ${formatNumber(high, layer.decimals)})`;
  }
  return layer.unit ? `${words} ${layer.unit}` : words;
}

/**
 * Residents of areas: the sum of those that are known; null where none is, which is not the same as nobody.
 * @param {number[]} areas @param {(number | null)[]} people
 */
export function sumPeople(areas, people) {
  const known = areas.map((area) => people[area]).filter((count) => count !== null);
  return areas.length && !known.length ? null : known.reduce((sum, count) => sum + count, 0);
}
