// Find names, codes and postcodes among everything the page holds.

import { byName, plain } from "./format.js";

const MOST_FOUND = 12;
const MOST_POSTCODES_FOUND = 6;
const METRES_PER_DEGREE = 111320;
const ORDER = { place: 1, offers: 1, asks: 1.5, asset: 2, area: 3 };

/**
 * What can be found of one kind; a neighbourhood is found by its code too.
 * @param {EntryKind} kind @param {string[]} names @param {string[]} [extra]
 * @returns {Entry[]}
 */
export const entriesOf = (kind, names, extra) =>
  names.map((name, row) => ({ kind, row, name, key: plain(extra ? `${name} ${extra[row]}` : name) }));

/**
 * Write out words that are stored as the number of letters shared with the word before, and the rest.
 * @param {string[]} packed
 */
export function unshare(packed) {
  let before = "";
  return packed.map((word) => {
    before = before.slice(0, Number(word[0])) + word.slice(1);
    return before;
  });
}

/**
 * Add up numbers that are stored as steps from the one before.
 * @param {number[]} steps
 */
export function unstep(steps) {
  let sum = 0;
  return steps.map((step) => (sum += step));
}

/** @param {string} code a postcode as it is compared: "tr12ab" */
export const postcodeKey = (code) => code.replaceAll(" ", "").toLowerCase();

/**
 * The best results for what was typed: postcodes first, then names that begin with it, then words, then the rest.
 * @param {string} typed @param {Entry[]} entries @param {{codes: string[], keys: string[]} | null} postcodes
 * @returns {Found[]}
 */
export function findTyped(typed, entries, postcodes) {
  const wanted = plain(typed).trim();
  if (wanted.length < 2) return [];
  const rest = [];
  for (const entry of entries) {
    const at = entry.key.indexOf(wanted);
    if (at < 0) continue;
    const start = at === 0 ? 0 : /\W/.test(entry.key[at - 1]) ? 4 : 8;
    rest.push({ ...entry, score: start + ORDER[entry.kind] });
  }
  rest.sort((a, b) => a.score - b.score || byName(a.name, b.name));
  return [...findPostcodes(wanted, postcodes), ...rest].slice(0, MOST_FOUND);
}

/**
 * @param {string} wanted @param {{codes: string[], keys: string[]} | null} postcodes
 * @returns {Found[]}
 */
function findPostcodes(wanted, postcodes) {
  /** @type {Found[]} */
  const found = [];
  const key = postcodeKey(wanted);
  if (!postcodes || !/^[a-z]{1,2}\d/.test(key)) return found;
  for (let row = 0; row < postcodes.keys.length && found.length < MOST_POSTCODES_FOUND; row += 1) {
    if (postcodes.keys[row].startsWith(key)) found.push({ kind: "postcode", row, name: postcodes.codes[row] });
  }
  return found;
}

/**
 * Metres between two points (degrees), good to a few metres over the distances of a county.
 * @param {{lat: number, lng: number}} a @param {{lat: number, lng: number}} b
 */
export function metresBetween(a, b) {
  const across = Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  const east = (a.lng - b.lng) * across * METRES_PER_DEGREE * 1.00112;
  const north = (a.lat - b.lat) * METRES_PER_DEGREE * 0.99928;
  return Math.hypot(east, north);
}
