// The filter on the page: marks, circles, lists, counts and the table follow it together.

import { app, labelOf, labelOfMany, register, setState } from "./app.js";
import { announce, byId, el, fillWith, isolated } from "./dom.js";
import { chooseWords, openingStatuses, openingTypes, passesFilter, sameSet, switchHalf } from "./filter.js";
import { byName, counted, formatNumber, lookUp, sentenceCase, smallInitial } from "./format.js";
import { statusWords } from "./marks.js";
import { textOf } from "./records.js";
import { SECTORS, dotSwatch, sectorNamed, swatch } from "./symbols.js";

/** @type {Filter[]} */
const FILTERS = [
  { state: "offers", column: "offers", heading: "What they offer", many: true, verb: "offer", words: (key) => labelOf("resources", key) },
  { state: "asks", column: "asks", heading: "What they ask for", many: true, verb: "ask for", words: (key) => labelOf("resources", key) },
  { state: "forms", column: "social_action", heading: "What people do together", many: true, ordered: true, verb: "are about", words: (key) => labelOf("social_action", key) },
  { state: "types", column: "asset_type", heading: "Type", words: (key) => labelOf("asset_types", key) },
  { state: "operators", column: "sector", heading: "Who runs it", words: (key) => sentenceCase(sectorNamed(key).words) },
  { state: "statuses", column: "status", heading: "Status", words: (key) => sentenceCase(statusWords(key)) },
];
export const FILTER_STATES = "types operators statuses offers asks forms";
const BEYOND = "beyond_border";
const THING_KINDS = [["space", "Spaces"], ["equipment", "Equipment"], ["vehicle", "Vehicles"], ["skill", "Skills and time"]];

let widened = false; // every kind is shown because a resource was chosen

export const isWidened = () => widened;

export function prepareFilter() {
  const assets = app.data.assets;
  if (!assets) return;
  app.filters = FILTERS.filter((one) => assets[one.column]);
  app.state.types = new Set(assets.asset_type.words);
  app.state.operators = new Set(assets.sector.words);
  app.state.statuses = openingStatuses(assets);
}

export const openingNow = () => openingTypes(register(), app.data.main);

/** @param {number} row */
const isShown = (row) => passesFilter(row, app.filters, register(), app.state);

export function applyFilter() {
  if (!app.data.assets) return;
  app.marks.plain = Boolean(app.data.main) && sameSet(app.state.types, new Set(register().asset_type.words));
  app.marks.count = 0;
  for (let row = 0; row < app.marks.shown.length; row += 1) {
    app.marks.shown[row] = isShown(row) ? 1 : 0;
    app.marks.count += app.marks.shown[row];
  }
}

export const shownRows = () => [...app.marks.shown.keys()].filter((row) => app.marks.shown[row]);

// What the filter shows, in words: "Libraries", "12 types of asset" or "All assets that offer minibus".
export const filterWords = () => {
  const parts = [typeWords()];
  for (const one of app.filters) {
    const chosen = [...app.state[one.state]];
    if (!one.many || !chosen.length) continue;
    const words = chosen.length > 2
      ? `any of ${chosen.length} ${one.ordered ? "forms of social action" : "resources"}` : chosen.map((word) => smallInitial(one.words(word))).join(" or ");
    parts.push(`that ${one.verb} ${words}`);
  }
  return parts.join(" ");
};

// Which places are left out by their status, in words: " without those that are closed".
export const leftOutWords = () => {
  const hidden = register().status.words.filter((word) => !app.state.statuses.has(word));
  return hidden.length ? ` without those that are ${hidden.map((word) => statusWords(word)).join(" or ")}` : "";
};

function typeWords() {
  const types = [...app.state.types];
  if (types.length === 1) return labelOfMany(types[0]);
  return types.length === register().asset_type.words.length ? "All assets" : `${types.length} types of asset`;
}

export function drawFilter() {
  if (!app.data.assets) {
    byId("am-filter").hidden = true;
    return;
  }
  fillWith(byId("am-filter-list"), ...app.filters.map((one) => filterGroup(one)));
  countFilter();
}

/** @param {Filter} one @returns {[string, number][]} words of a filter with their assets, in the order shown */
function filterOrder(one) {
  const coded = /** @type {any} */ (register()[one.column]);
  const totals = new Array(coded.words.length).fill(0);
  for (const code of one.many ? coded.lists.flat() : coded.codes) if (code >= 0) totals[code] += 1;
  /** @type {[string, number][]} */
  const order = coded.words.map((/** @type {string} */ word, /** @type {number} */ code) => [word, totals[code]]);
  if (one.ordered) return order;
  if (one.many) order.sort((a, b) => kindOfThing(a[0]) - kindOfThing(b[0]) || byName(one.words(a[0]), one.words(b[0])));
  else order.sort((a, b) => b[1] - a[1] || byName(a[0], b[0]));
  return order;
}

/** @param {Filter} one */
function filterGroup(one) {
  const order = filterOrder(one);
  const boxes = order.map(([word, total]) => el("label", { class: "am-check" },
    el("input", { type: "checkbox", value: word, "data-filter": one.state, checked: app.state[one.state].has(word),
      onchange: (/** @type {any} */ event) => toggleWord(one, word, event.target.checked) }),
    isolated(one.words(word)), el("span", { class: "am-count" }, formatNumber(total))));
  /** @param {string} words @param {string[]} chosen */
  const button = (words, chosen) => el("button", { type: "button", class: "am-inline", onclick: () => chooseFilter(one, chosen) }, words);
  const tools = one.many
    ? [button("Clear", []), ` Tick what you are looking for. The map then shows only the assets that ${one.verb} it.`]
    : [button("All", order.map(([word]) => word)), " ", button("None", [])];
  if (one.many && !one.ordered) headKinds(order.map(([word]) => kindOfThing(word)), boxes);
  const group = el("fieldset", {}, el("legend", { class: one.many ? "am-hidden" : undefined }, one.heading),
    el("p", { class: "am-allnone" }, ...tools), ...boxes);
  if (!one.many) return group;
  return el("details", { class: "am-said" },
    el("summary", {}, one.heading, el("span", { class: "am-chosen", id: `am-chosen-${one.state}` })), group);
}

/**
 * Place of the kind of a resource among the kinds; what no table knows comes last.
 * @param {string} word
 */
function kindOfThing(word) {
  const at = THING_KINDS.findIndex(([kind]) => kind === lookUp(register().labels.resource_kinds, word));
  return at < 0 ? THING_KINDS.length : at;
}

/**
 * Put the name of each kind before its first box.
 * @param {number[]} kinds @param {HTMLElement[]} boxes
 */
function headKinds(kinds, boxes) {
  for (let at = boxes.length - 1; at >= 0; at -= 1) {
    if (kinds[at] !== kinds[at - 1]) boxes.splice(at, 0, el("p", { class: "am-kinds" }, (THING_KINDS[kinds[at]] || ["", "Other"])[1]));
  }
}

/** @param {Filter} one @param {string} word @param {boolean} on */
function toggleWord(one, word, on) {
  const chosen = new Set(app.state[one.state]);
  if (on) chosen.add(word);
  else chosen.delete(word);
  chooseFilter(one, chosen);
}

/** @param {Filter} one @param {Iterable<string>} words */
export function chooseFilter(one, words) {
  const every = new Set(register().asset_type.words);
  const next = chooseWords(one, words, { filters: app.filters, chosen: app.state, opening: openingNow(), every, widened });
  widened = next.widened;
  setState(next.changes);
  announce(`${counted(app.marks.count, "asset")} shown.${next.justWidened ? " All types are now shown." : ""}`);
}

/** The line under the map: how many places there are, and a switch for each half of them. */
function drawKinds() {
  const { main } = app.data;
  const every = register().asset_type.words;
  const others = app.filters.filter((one) => one.state !== "types");
  const all = [...register().ids.keys()].filter((row) => passesFilter(row, others, register(), app.state));
  const passing = all.filter((row) => textOf(register().sector, row) !== BEYOND);
  const beyond = all.length > passing.length ? `and ${formatNumber(all.length - passing.length)} beyond the border` : "";
  const ofMain = passing.filter((row) => textOf(register().asset_type, row) === main).length;
  const rest = passing.length - ofMain;
  if (!main || !ofMain || !rest) {
    const words = main && ofMain ? `${formatNumber(ofMain)} ${smallInitial(ofMain === 1 ? labelOf("asset_types", main) : labelOfMany(main))}` : counted(passing.length, "place");
    fillWith(byId("am-kinds"), [words, beyond].filter(Boolean).join(" "));
    return;
  }
  const typesFilter = app.filters.find((one) => one.state === "types");
  /** @param {"main" | "others"} half @param {Node} sign @param {string} words */
  const button = (half, sign, words) => {
    const mine = every.filter((type) => (type === main) === (half === "main"));
    const on = mine.filter((type) => app.state.types.has(type)).length;
    return el("button", { type: "button", class: "am-kind", id: `am-kind-${half}`, "aria-pressed": on === 0 ? "false" : on === mine.length ? "true" : "mixed",
      onclick: () => { if (typesFilter) chooseFilter(typesFilter, switchHalf(app.state.types, every, main, half)); byId(`am-kind-${half}`).focus(); } }, sign, isolated(words));
  };
  fillWith(byId("am-kinds"), `${counted(passing.length, "place")}:`,
    button("main", swatch(SECTORS.council), `${formatNumber(ofMain)} ${smallInitial(ofMain === 1 ? labelOf("asset_types", main) : labelOfMany(main))}`), button("others", dotSwatch(), counted(rest, "other")), beyond ? ` ${beyond}` : null);
}

export function countFilter() {
  if (!app.data.assets) return;
  drawKinds();
  const placed = shownRows().filter((row) => !Number.isNaN(app.marks.points.x[row])).length;
  const without = app.marks.count - placed;
  byId("am-filter-count").textContent =
    `${formatNumber(app.marks.count)} of ${formatNumber(app.marks.shown.length)}${without ? `, ${formatNumber(without)} not on the map` : ""}`;
  for (const one of app.filters) {
    if (!one.many) continue;
    const chosen = [...app.state[one.state]];
    fillWith(byId(`am-chosen-${one.state}`), ...chosen.slice(0, 3).map((word, at) => isolated(`${at ? ", " : ": "}${one.words(word)}`)),
      chosen.length > 3 ? " ..." : null);
  }
  for (const input of byId("am-filter-list").querySelectorAll("input")) {
    input.checked = app.state[/** @type {FilterState} */ (input.dataset.filter)].has(input.value);
  }
}
