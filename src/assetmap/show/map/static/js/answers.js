// What a search answers, in words that stay on the page: the nearest sites and how far, or why nothing was found.

import { app, labelOfMany, register, setState, siteWords } from "./app.js";
import { mayMove } from "./areas.js";
import { announce, byId, el, fillWith, isolated } from "./dom.js";
import { distanceWords, smallInitial } from "./format.js";
import { shownRows } from "./filter_panel.js";
import { isOpen, placeMark } from "./marks.js";
import { nameOf } from "./names.js";
import { textOf } from "./records.js";
import { isPostcode, metresBetween } from "./search.js";
import { toLatLng } from "./shapes.js";
import { settleMap } from "./view.js";

const NEAREST = 3;
/** @type {L.Marker | null} */
let pin = null;

/** @param {string} heading @param {...(Node | string | null)} parts */
export function showAnswer(heading, ...parts) {
  const close = el("button", { type: "button", class: "am-close", onclick: () => closeAnswer() }, "Close");
  fillWith(byId("am-answer"), close, el("h2", {}, isolated(heading)), ...parts);
  byId("am-answer").hidden = false;
  document.body.classList.add("am-has-answer");
  settleMap();
  byId("am-sheet").scrollTop = 0;
}

export function closeAnswer() {
  if (byId("am-answer").hidden) return;
  byId("am-answer").hidden = true;
  document.body.classList.remove("am-has-answer");
  if (pin) pin.remove();
  settleMap();
}

/**
 * Say why nothing was found, and what can be.
 * @param {string} typed
 */
export function answerNothing(typed) {
  const place = app.data.area_name || "the areas of this map";
  const [heading, words] = !isPostcode(typed)
    ? [`Nothing on this map is called “${typed.trim().slice(0, 60)}”.`, `Try a town, a postcode, or a kind of place such as “${siteWords()}”.`]
    : app.data.postcodes ? [`${typed.trim().toUpperCase()} is not on this map.`, `It has the postcodes in and around ${place} that were in use when it was made.`]
      : [`You cannot search this map for postcodes.`, "Try a town or a neighbourhood."];
  showAnswer(heading, el("p", {}, isolated(words)));
  announce(`${heading} ${words}`);
}

/** Rows of one type that are open; of every shown asset where distances go to no type. @param {string | undefined} type */
function candidates(type) {
  if (!type) return shownRows();
  return [...register().ids.keys()].filter((row) => textOf(register().asset_type, row) === type && (isOpen(row) || textOf(register().status, row) === "unknown"));
}

/** @param {L.LatLng} spot @param {string | undefined} type @returns {[number, number][]} rows and metres, nearest first */
function nearestAssets(spot, type) {
  const { x, y } = app.marks.points;
  return candidates(type).filter((row) => !Number.isNaN(x[row]))
    .map((row) => /** @type {[number, number]} */ ([row, metresBetween(spot, toLatLng(x[row], y[row]))]))
    .sort((a, b) => a[1] - b[1]).slice(0, NEAREST);
}

/**
 * Go to a place or postcode and name the nearest sites.
 * @param {string} name @param {L.LatLng} spot @param {number} area @param {string} [type]
 */
export function answerSpot(name, spot, area, type = app.data.main) {
  if (pin) pin.remove();
  pin = placeMark(spot, "am-pin", 22);
  const near = app.data.assets ? nearestAssets(spot, type) : [];
  const open = type === app.data.main && type ? "open " : "";
  const what = type ? `${open}${smallInitial(labelOfMany(type))}` : "assets";
  const heading = near.length ? `Nearest ${what} to ${name}` : `There are no ${what} to show near ${name}.`;
  const lines = near.map(([row, metres]) => el("li", {},
    el("button", { type: "button", class: "am-inline", onclick: () => setState({ asset: row }) }, isolated(register().names[row].slice(0, 120))), `, ${distanceWords(metres)}`));
  const figures = area >= 0 ? el("p", {}, "In ", el("button", { type: "button", class: "am-inline", onclick: () => setState({ area, asset: -1 }) }, isolated(nameOf(area)))) : null;
  showAnswer(heading, lines.length ? el("ol", {}, ...lines) : null, lines.length ? el("p", { class: "am-sub" }, "Straight-line distance.") : null, figures);
  announce(near.length ? `${heading}: ${near.map(([row, metres]) => `${register().names[row].slice(0, 120)}, ${distanceWords(metres)}`).join("; then ")}.` : heading);
  const far = near.length ? Math.max(...near.map(([, metres]) => metres)) : 0;
  showAround(spot, near.map(([row]) => row), far);
}

/**
 * Show a spot with the sites that an answer names, so that nobody has to look for them.
 * @param {L.LatLng} spot @param {number[]} rows @param {number} far metres
 */
function showAround(spot, rows, far) {
  const { x, y } = app.marks.points;
  const bounds = L.latLngBounds([spot]);
  if (far < 40000) for (const row of rows) bounds.extend(toLatLng(x[row], y[row]));
  app.map.fitBounds(bounds, { padding: [40, 40], maxZoom: 13, animate: mayMove() });
}
