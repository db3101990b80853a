// Find an area, an asset, a place, a postcode, a kind of place or a thing to borrow. Every search gets a visible answer.

import { app, labelOf, labelOfMany, register, setState } from "./app.js";
import { answerNothing, answerSpot, closeAnswer, showAnswer } from "./answers.js";
import { areaAt, mayMove, showArea } from "./areas.js";
import { closeCard, showCardOfMany } from "./card.js";
import { announce, byId, el, fillWith, isolated } from "./dom.js";
import { chooseFilter, isWidened, openingNow, shownRows } from "./filter_panel.js";
import { counted, formatNumber, smallInitial } from "./format.js";
import { textOf } from "./records.js";
import { entriesOf, findTyped, isPostcode, postcodeKey, searchKey, unshare, unstep } from "./search.js";
import { decodePoints, toLatLng } from "./shapes.js";
import { closeMenu } from "./tools.js";

const LONGEST_NAME = 200;
/** @type {Record<string, string>} */
const KIND_WORDS = { area: "neighbourhood", place: "place", postcode: "postcode", near: "nearest three" };

/** @type {Entry[]} */
let entries = [];
/** @type {string[]} */
let types = [];
/** @type {{codes: string[], keys: string[], areas: number[], points: Points} | null} */
let postcodes = null;

export function prepareSearch() {
  const { areas, assets } = app.data;
  entries = entriesOf("area", areas.names, areas.codes);
  entries.push(...entriesOf("place", placesToFind()));
  if (assets) {
    const labels = assets.labels.asset_types || {};
    types = Object.keys(labels).filter((type) => assets.asset_type.words.includes(type) || !type.startsWith("other"));
    entries.push(...types.map((type, row) => ({
      kind: /** @type {const} */ ("type"), row, name: labelOfMany(type), key: searchKey(`${labelOf("asset_types", type)}|${labelOfMany(type)}`),
    })));
    entries.push(...entriesOf("asset", assets.names, assets.ids.map((_id, row) => `${labelOf("asset_types", textOf(assets.asset_type, row))} ${textOf(assets.town, row)}`)));
    const lent = app.filters.filter((one) => one.many);
    for (const one of lent) entries.push(...entriesOf(sayer(one.state), (assets[one.column]?.words || []).map(one.words)));
    if (lent.length) byId("am-search-label").textContent = "Find a place, postcode, library or thing to borrow";
  }
  byId("am-search").setAttribute("placeholder", app.data.postcodes ? "A town, a postcode, a library" : "A town, a library");
  if (app.data.postcodes) {
    const codes = unshare(app.data.postcodes.codes);
    postcodes = { codes, keys: codes.map(postcodeKey), areas: unstep(app.data.postcodes.areas), points: decodePoints(app.data.postcodes.points) };
  }
  wireSearch();
}

/** Towns and villages of a file, then neighbourhoods that share a known name. */
const placesToFind = () => [...(app.data.places?.names || []), ...app.areas.known.map(({ name }) => name)];

/** @param {number} row @returns {L.LatLng} */
function spotOfPlace(row) {
  const given = app.data.places?.names.length || 0;
  if (row < given) {
    const points = /** @type {Points} */ (app.marks.places);
    return toLatLng(points.x[row], points.y[row]);
  }
  const known = app.areas.known[row - given];
  return toLatLng(known.x, known.y);
}

/** @param {string} state */
const sayer = (state) => (state === "offers" ? "offers" : "asks");

function wireSearch() {
  const input = byId("am-search");
  const list = byId("am-found");
  /** @type {Found[]} */
  let results = [];
  let active = -1;
  /** @param {Found[]} found @param {number} [at] */
  const show = (found, at = -1) => {
    [results, active] = [found, at];
    fillWith(list, ...results.map((result, here) => el("li", {
      role: "option", id: `am-found-${here}`, "aria-selected": String(here === active),
      onmousedown: (/** @type {MouseEvent} */ event) => { event.preventDefault(); take(here); },
    }, isolated(result.name.slice(0, LONGEST_NAME)), el("span", { class: "am-count" }, kindOf(result)))));
    list.hidden = !results.length;
    input.setAttribute("aria-expanded", String(results.length > 0));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `am-found-${active}`);
      byId(`am-found-${active}`).scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  /** @param {number} at */
  const take = (at) => {
    const result = results[at];
    input.value = result.name.slice(0, LONGEST_NAME);
    show([]);
    goTo(result);
  };
  input.addEventListener("input", () => {
    show(findTyped(input.value, entries, postcodes));
    const typed = input.value.trim();
    if (typed.length < 2) return;
    if (results.length) announce(`${counted(results.length, "result")} found.`);
    else if (typed.length > 3 && (!/^[a-z]{1,2}\d/i.test(typed) || isPostcode(typed))) answerNothing(typed);
  });
  input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") show([]);
    if (event.key === "Enter" && !results.length && input.value.trim()) answerNothing(input.value);
    if (!results.length) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) show(results, active < 0 && step < 0 ? results.length - 1 : (active + step + results.length) % results.length);
    else if (event.key === "Enter") take(Math.max(active, 0));
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); });
}

/** @param {Found} result */
function kindOf(result) {
  if (result.kind === "offers" || result.kind === "asks") {
    const { lists } = /** @type {CodedLists} */ (register()[result.kind]);
    const count = lists.filter((codes, row) => codes.includes(result.row) && hasShownStatus(row)).length;
    return `${result.kind === "offers" ? "offered" : "asked for"} by ${formatNumber(count)}`;
  }
  if (result.kind === "type") return `${formatNumber(rowsOfType(types[result.row]).filter(hasShownStatus).length)} on this map`;
  if (result.kind !== "asset") return KIND_WORDS[result.kind];
  const town = textOf(register().town, result.row);
  const type = smallInitial(labelOf("asset_types", textOf(register().asset_type, result.row)));
  return town ? `${type}, ${town}` : type;
}

/** @param {number} row whether the map shows places with its status: the closed ones only on request */
const hasShownStatus = (row) => app.state.statuses.has(textOf(register().status, row));

/** @param {string} type */
const rowsOfType = (type) => [...register().ids.keys()].filter((row) => textOf(register().asset_type, row) === type);

/** @param {Found} result */
function goTo(result) {
  closeMenu();
  closeAnswer();
  if (result.kind === "area") goToArea(result.row);
  else if (result.kind === "asset") goToAsset(result.row);
  else if (result.kind === "type") showType(types[result.row]);
  else if (result.kind === "offers" || result.kind === "asks") showSayers(result);
  else if (result.kind === "postcode" && postcodes) {
    const spot = toLatLng(postcodes.points.x[result.row], postcodes.points.y[result.row]);
    closeCard(false);
    answerSpot(result.name, spot, postcodes.areas[result.row]);
  } else {
    const spot = spotOfPlace(result.row);
    closeCard(false);
    answerSpot(placesToFind()[result.row], spot, result.kind === "near" ? -1 : areaAt(spot), result.type === undefined ? undefined : types[result.type]);
  }
}

/**
 * Show only one kind of place, and name them.
 * @param {string} type
 */
function showType(type) {
  const many = labelOfMany(type);
  const filter = app.filters.find((one) => one.state === "types");
  if (!rowsOfType(type).length || !filter) {
    const heading = `There are no ${smallInitial(many)} on this map.`;
    showAnswer(heading, el("p", {}, "The lists that it was made from name none."));
    announce(heading);
    return;
  }
  const before = new Set(app.state.types);
  setState({ area: -1, asset: -1 });
  chooseFilter(filter, [type]);
  showCardOfMany(shownRows(), `${many}: ${formatNumber(shownRows().length)} on this map`, el("span", {}, "The map now shows only these. ",
    el("button", { type: "button", class: "am-inline", onclick: () => { chooseFilter(filter, before); closeCard(true); } }, "Show all again")));
}

/**
 * Show only who offers or asks for a thing, and name them.
 * @param {Found} result
 */
function showSayers(result) {
  const one = app.filters.find((other) => other.state === result.kind);
  if (!one) return;
  const kinds = isWidened() || app.state.types.size === openingNow().size ? {} : { types: new Set(register().asset_type.words) };
  setState({ area: -1, asset: -1, offers: new Set(), asks: new Set(), forms: new Set(), ...kinds });
  chooseFilter(one, [/** @type {CodedLists} */ (register()[one.column]).words[result.row]]);
  showCardOfMany(shownRows(), `${result.name}: ${kindOf(result)}`, el("span", {}, "The map now shows only these. ",
    el("button", { type: "button", class: "am-inline", onclick: () => { chooseFilter(one, []); closeCard(true); } }, "Show all again")));
}

/** @param {number} row */
export function goToArea(row) {
  setState({ area: row, asset: -1 });
  showArea(row, true);
}

/** @param {number} row */
export function goToAsset(row) {
  const { x, y } = app.marks.points;
  setState({ asset: row });
  if (Number.isNaN(x[row])) return;
  app.map.setView(toLatLng(x[row], y[row]), Math.max(app.map.getZoom(), 13), { animate: mayMove() });
}
