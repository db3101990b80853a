// Which assets a filter shows. Choices are kept in the state of the page under the name of each filter.

import { codesOf, textOf } from "./records.js";

/** The type that distances go to, alone; every type where there is none. @param {Assets} assets @param {string | undefined} main */
export const openingTypes = (assets, main) => new Set(main ? [main] : assets.asset_type.words);

/** @param {Assets} assets closed assets are left out, unless all are closed */
export const openingStatuses = ({ status }) =>
  new Set(status.words.filter((word) => word !== "closed" || status.words.length === 1));

/**
 * Whether all filters let an asset through. A row has one kind, which must be chosen; of many resources any chosen one
 * will do, and with none chosen it need have none.
 * @param {number} row @param {Filter[]} filters @param {Assets} assets @param {Choices} chosen
 */
export const passesFilter = (row, filters, assets, chosen) => filters.every((one) => {
  const wanted = chosen[one.state];
  if (!one.many) return wanted.has(textOf(/** @type {Coded} */ (assets[one.column]), row));
  return !wanted.size || codesOf(/** @type {CodedLists} */ (assets[one.column]), row).some((word) => wanted.has(word));
});

/**
 * The types after a switch between sites of the main type and all other places: each half is there or not.
 * @param {Set<string>} chosen @param {string[]} every @param {string} main @param {"main" | "others"} half
 */
export function switchHalf(chosen, every, main, half) {
  const others = every.filter((type) => type !== main);
  const next = new Set(chosen);
  if (half === "main") {
    if (next.has(main)) next.delete(main);
    else next.add(main);
  } else if (others.some((type) => next.has(type))) others.forEach((type) => next.delete(type));
  else others.forEach((type) => next.add(type));
  return next;
}

/** @param {Set<string>} set @param {Set<string>} other */
export const sameSet = (set, other) => set.size === other.size && [...set].every((word) => other.has(word));

/**
 * The choices after one filter is set to some words.
 *
 * Who looks at libraries alone and asks for a minibus wants to know who has one: the first resource chosen shows every
 * kind, and the last one cleared brings back what was shown, unless kinds were chosen meanwhile.
 * @param {Filter} one @param {Iterable<string>} words
 * @param {{filters: Filter[], chosen: Choices, opening: Set<string>, every: Set<string>, widened: boolean}} now
 * @returns {{changes: Partial<Choices>, widened: boolean, justWidened: boolean}}
 */
export function chooseWords(one, words, { filters, chosen, opening, every, widened }) {
  /** @type {Partial<Choices>} */
  const changes = { [one.state]: new Set(words) };
  if (!one.many) return { changes, widened, justWidened: false };
  const asked = filters.some((other) => other.many && (changes[other.state] || chosen[other.state]).size);
  const justWidened = asked && !widened && sameSet(chosen.types, opening) && !sameSet(every, opening);
  if (justWidened) changes.types = every;
  else if (!asked && widened && sameSet(chosen.types, every)) changes.types = opening;
  return { changes, widened: asked && (widened || justWidened), justWidened };
}
