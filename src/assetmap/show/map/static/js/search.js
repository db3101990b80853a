// Find names, codes, postcodes and kinds of place among everything the page holds. Typing mistakes are forgiven.

import { byName, plain } from "./format.js";

const MOST_FOUND = 12;
const MOST_POSTCODES_FOUND = 6;
const METRES_PER_DEGREE = 111320;
const ORDER = { place: 1, type: 1.2, offers: 1.4, asks: 1.5, asset: 2, area: 3, near: 4 };
const WHOLE_POSTCODE = /^[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}$/;

/** @param {unknown} words as a search compares them: no accents, capitals, apostrophes or other signs between letters */
export const searchKey = (words) => plain(words).replace(/['’‘`]/g, "");

/**
 * What can be found of one kind. More words lead to an entry too, but only its name is shown: a code, a kind, a town.
 * @param {EntryKind} kind @param {string[]} names @param {string[]} [extra]
 * @returns {Entry[]}
 */
export const entriesOf = (kind, names, extra) =>
  names.map((name, row) => ({ kind, row, name, key: searchKey(extra ? `${name} ${extra[row]}` : name) }));

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

/** @param {string} typed whether it is written like a whole postcode */
export const isPostcode = (typed) => WHOLE_POSTCODE.test(postcodeKey(typed.trim()));

/**
 * The best results for what was typed: postcodes first, then names that hold it as it is written, then names that hold
 * all of its words in any order, then a kind of place near another place, then names with one or two letters wrong.
 * @param {string} typed @param {Entry[]} entries @param {{codes: string[], keys: string[]} | null} postcodes
 * @returns {Found[]}
 */
export function findTyped(typed, entries, postcodes) {
  const wanted = searchKey(typed).trim();
  if (wanted.length < 2) return [];
  const codes = findPostcodes(wanted, postcodes);
  if (isPostcode(wanted)) return codes;
  const exact = scored(entries, (entry) => {
    const at = entry.key.indexOf(wanted);
    if (at < 0) return null;
    return at === 0 ? 0 : /\W/.test(entry.key[at - 1]) ? 4 : 8;
  });
  if (exact.length || codes.length) return [...codes, ...exact].slice(0, MOST_FOUND);
  const tokens = wordsIn(wanted);
  if (!tokens.length) return [];
  const inAnyOrder = scored(entries, (entry) => (allWithin(tokens, wordsIn(entry.key), startsWith) ? 0 : null));
  const found = [...inAnyOrder, ...findNear(tokens, entries)];
  if (found.length) return found.slice(0, MOST_FOUND);
  return scored(entries, (entry) => (allWithin(tokens, wordsIn(entry.key), isNearly) ? 0 : null)).slice(0, MOST_FOUND);
}

/** @param {Entry[]} entries @param {(entry: Entry) => number | null} score @returns {Found[]} */
function scored(entries, score) {
  const found = [];
  for (const entry of entries) {
    const points = score(entry);
    if (points !== null) found.push({ ...entry, score: points + ORDER[entry.kind] });
  }
  found.sort((a, b) => a.score - b.score || byName(a.name, b.name));
  return found.slice(0, MOST_FOUND);
}

/** @param {string} key */
const wordsIn = (key) => key.split(/[^\p{L}\p{N}]+/u).filter(Boolean);

/** @param {string[]} tokens @param {string[]} words @param {(token: string, word: string) => boolean} fits */
const allWithin = (tokens, words, fits) => tokens.every((token) => words.some((word) => fits(token, word)));

/** @param {string} token @param {string} word */
const startsWith = (token, word) => word.startsWith(token);

/** @param {string} token @param {string} word the same but for one letter, or two in a long word */
function isNearly(token, word) {
  const most = token.length < 4 ? 0 : token.length < 8 ? 1 : 2;
  if (word.startsWith(token)) return true;
  return most > 0 && (lettersApart(token, word, most) <= most || (word.length > token.length && lettersApart(token, word.slice(0, token.length), most) <= most));
}

/**
 * Letters to add, drop, change or swap to make one word of another; anything over `most` counts as one more than it.
 * @param {string} one @param {string} other @param {number} most
 */
export function lettersApart(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let [before, last] = [/** @type {number[]} */ ([]), Array.from({ length: other.length + 1 }, (_none, at) => at)];
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row];
    for (let at = 1; at <= other.length; at += 1) {
      const same = one[row - 1] === other[at - 1] ? 0 : 1;
      now[at] = Math.min(last[at] + 1, now[at - 1] + 1, last[at - 1] + same);
      if (row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1]) now[at] = Math.min(now[at], before[at - 2] + 1);
    }
    [before, last] = [last, now];
  }
  return Math.min(last[other.length], most + 1);
}

/**
 * "food bank ludlow": a kind of place, and a place that it should be near.
 * @param {string[]} tokens @param {Entry[]} entries
 * @returns {Found[]}
 */
function findNear(tokens, entries) {
  /** @type {Found[]} */
  const found = [];
  for (const type of entries.filter((entry) => entry.kind === "type")) {
    const words = wordsIn(type.key);
    const rest = tokens.filter((token) => !words.includes(token));
    if (!rest.length || rest.length === tokens.length || !typeIsNamed(tokens, rest, type)) continue;
    for (const fits of [startsWith, isNearly]) {
      const places = scored(entries, (entry) => (entry.kind === "place" && allWithin(rest, wordsIn(entry.key), fits) ? 0 : null));
      found.push(...places.map((place) => ({ kind: /** @type {const} */ ("near"), row: place.row, name: `${type.name} near ${place.name}`, type: type.row })));
      if (places.length) break;
    }
  }
  return found;
}

/** @param {string[]} tokens @param {string[]} rest @param {Entry} type whether what was typed beside the place is how its label or plural begins */
function typeIsNamed(tokens, rest, type) {
  const said = tokens.filter((token) => !rest.includes(token)).join(" ");
  return type.key.split("|").some((label) => `${wordsIn(label).join(" ")} `.startsWith(`${said} `));
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
