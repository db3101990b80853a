// Find an area, an asset, a place, a postcode or a thing to borrow; a place or postcode is answered with the nearest
// assets, a thing with those that offer or ask for it.

import { app, labelOf, register, setState } from "./app.js";
import { areaAt, mayMove, showArea } from "./areas.js";
import { closeCard, showCardOfMany } from "./card.js";
import { announce, byId, el, fillWith, isolated } from "./dom.js";
import { chooseFilter, isWidened, openingNow, shownRows } from "./filter_panel.js";
import { counted, distanceWords, formatNumber, smallInitial } from "./format.js";
import { isOpen, placeMark } from "./marks.js";
import { textOf } from "./records.js";
import { entriesOf, findTyped, metresBetween, postcodeKey, unshare, unstep } from "./search.js";
import { nameOf } from "./sentences.js";
import { decodePoints, toLatLng } from "./shapes.js";
import { closeMenu } from "./start.js";
import { trialType } from "./trial_panel.js";

const LONGEST_NAME = 200;
/** @type {Record<string, string>} */
const KIND_WORDS = { area: "neighbourhood", place: "place", postcode: "postcode" };

/** @type {Entry[]} */
let entries = [];
/** @type {{codes: string[], keys: string[], areas: number[], points: Points} | null} */
let postcodes = null;
/** @type {L.Marker | null} */
let pin = null;

export function prepareSearch() {
  const { areas, places, assets } = app.data;
  entries = entriesOf("area", areas.names, areas.codes);
  if (places) entries.push(...entriesOf("place", places.names));
  if (assets) {
    entries.push(...entriesOf("asset", assets.names));
    const lent = app.filters.filter((one) => one.many);
    for (const one of lent) entries.push(...entriesOf(sayer(one.state), (assets[one.column]?.words || []).map(one.words)));
    if (lent.length) byId("am-search-label").textContent = "Find a place, postcode, library or thing to borrow";
  }
  if (app.data.postcodes) {
    const codes = unshare(app.data.postcodes.codes);
    postcodes = { codes, keys: codes.map(postcodeKey), areas: unstep(app.data.postcodes.areas), points: decodePoints(app.data.postcodes.points) };
  }
  wireSearch();
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
    if (input.value.trim().length > 1) announce(results.length ? `${counted(results.length, "result")} found.` : "Nothing found.");
  });
  input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") show([]);
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
    const count = lists.filter((codes, row) => codes.includes(result.row) && app.state.statuses.has(textOf(register().status, row))).length;
    return `${result.kind === "offers" ? "offered" : "asked for"} by ${formatNumber(count)}`;
  }
  if (result.kind !== "asset") return KIND_WORDS[result.kind];
  const town = textOf(register().town, result.row);
  const type = smallInitial(labelOf("asset_types", textOf(register().asset_type, result.row)));
  return town ? `${type}, ${town}` : type;
}

/** @param {Found} result */
function goTo(result) {
  closeMenu();
  byId("am-answer").hidden = true;
  if (result.kind === "area") goToArea(result.row);
  else if (result.kind === "asset") goToAsset(result.row);
  else if (result.kind === "offers" || result.kind === "asks") showSayers(result);
  else {
    const points = /** @type {Points} */ (result.kind === "place" ? app.marks.places : postcodes?.points);
    const spot = toLatLng(points.x[result.row], points.y[result.row]);
    answerSpot(result.name, spot, result.kind === "postcode" && postcodes ? postcodes.areas[result.row] : areaAt(spot));
  }
}

/**
 * Show only who offers or asks for a thing, and name them.
 * @param {Found} result
 */
function showSayers(result) {
  const one = app.filters.find((other) => other.state === result.kind);
  if (!one) return;
  const kinds = isWidened() || app.state.types.size === openingNow().size ? {} : { types: new Set(register().asset_type.words) };
  setState({ area: -1, asset: -1, offers: new Set(), asks: new Set(), ...kinds });
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

/** @param {L.LatLng} spot @param {number} count @returns {[number, number][]} rows and metres */
function nearestAssets(spot, count) {
  const rows = app.trial ? [...app.trial.rows.keys()].filter(isOpen) : shownRows();
  const { x, y } = app.marks.points;
  return rows.filter((row) => !Number.isNaN(x[row]))
    .map((row) => /** @type {[number, number]} */ ([row, metresBetween(spot, toLatLng(x[row], y[row]))]))
    .sort((a, b) => a[1] - b[1]).slice(0, count);
}

/** @param {string} name @param {L.LatLng} spot @param {number} area */
function answerSpot(name, spot, area) {
  app.map.setView(spot, Math.max(app.map.getZoom(), 12), { animate: mayMove() });
  if (pin) pin.remove();
  pin = placeMark(spot, "am-pin", 22);
  const near = app.data.assets ? nearestAssets(spot, 3) : [];
  const what = app.trial ? `open ${trialType()}` : "asset";
  const words = near.length
    ? `Nearest ${what} to ${name}: ${near.map(([row, metres]) => `${register().names[row].slice(0, 120)}, ${distanceWords(metres)}`).join("; then ")}.`
    : `There is no ${what} to show near ${name}.`;
  const box = byId("am-answer");
  fillWith(box, el("p", {}, isolated(words)), area >= 0
    ? el("button", { type: "button", class: "am-inline", onclick: () => setState({ area, asset: -1 }) }, "Figures for ", isolated(nameOf(area))) : null);
  box.hidden = false;
  announce(words);
  if (area >= 0) setState({ area, asset: -1 });
}
