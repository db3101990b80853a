// Numbers, names and table cells as text.

export const NOT_KNOWN = "not known";

/** @param {number | null | undefined} value @param {number} [decimals] */
export const formatNumber = (value, decimals = 0) =>
  value === null || value === undefined
    ? NOT_KNOWN
    : Number(value).toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

/**
 * Under 1 km in steps of 10 m, so that nothing near becomes "0.0 km".
 * @param {number} metres
 */
export const distanceWords = (metres) =>
  (metres < 950 ? `${formatNumber(Math.round(metres / 10) * 10)} m` : `${formatNumber(metres / 1000, 1)} km`);

/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many) => `${formatNumber(count)} ${count === 1 ? one : many || one + "s"}`;

/** @param {string} words */
export const sentenceCase = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/**
 * A label inside a sentence: "library", but "NHS clinic".
 * @param {string} words
 */
export const smallInitial = (words) => (/^\p{Lu}{2}/u.test(words) ? words : words.charAt(0).toLowerCase() + words.slice(1));

/**
 * Letters as a search compares them: no accents, no capitals.
 * @param {unknown} words
 */
export const plain = (words) => String(words).normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

/** @param {string} a @param {string} b */
export const byName = (a, b) => a.localeCompare(b, "en-GB", { numeric: true });

/**
 * What a table holds under a name of the data. Names such as "constructor" find nothing.
 * @template T
 * @param {Record<string, T> | undefined} table @param {string} key
 * @returns {T | undefined}
 */
export const lookUp = (table, key) => (table && Object.hasOwn(table, key) ? table[key] : undefined);

/**
 * The label of a code; a code without one is written as words.
 * @param {Record<string, string> | undefined} labels @param {string} key
 */
export const labelIn = (labels, key) => lookUp(labels, key) ?? sentenceCase(String(key).replaceAll("_", " "));

/** Spaces and signs that cannot be seen: no spreadsheet is sure to stop at one of them. */
const UNSEEN = /^[\s\p{C}\p{Z}\p{M}\u115f\u1160\u2800\u3164\uffa0]+/u;

/**
 * Whether a spreadsheet might run a cell with this text, as `assetmap.cells.runs` (here a number is never a text).
 * @param {string} text
 */
const runs = (text) => /^[\t\r\n]/.test(text) || /^[=+\-@]/.test(text.replace(UNSEEN, "").slice(0, 2).normalize("NFKC"));

/**
 * A cell that a spreadsheet would take for a formula gets an apostrophe in front.
 * @param {string | number | null | undefined} value
 */
export function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = runs(value.replace(/^'+/, "")) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {string[]} head @param {(string | number | null)[][]} rows */
export const toCsv = (head, rows) => "\ufeff" + [head, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";

/**
 * Order of two cells of a table; what is not known comes last in both directions.
 * @param {string | number | null} first @param {string | number | null} second @param {boolean} [down]
 */
export function compareCells(first, second, down = false) {
  if (first === null || second === null) return Number(first === null) - Number(second === null);
  const order = typeof first === "number" && typeof second === "number" ? first - second : byName(String(first), String(second));
  return down ? -order : order;
}
