// A trial on the page: switch an asset off or on and see distances, people and gap classes change. Published figures
// stay as they are; everything shown here is marked as a trial. Class bounds stay those of the published map.

import { app, layerByKey, register, setState, siteWord } from "./app.js";
import { announce, byId, el, fillWith, isolated } from "./dom.js";
import { byName, counted, distanceWords, formatNumber } from "./format.js";
import { isOpen } from "./marks.js";
import { nameOf } from "./names.js";
import { textOf, wordsOf } from "./records.js";
import { peopleOf } from "./sentences.js";
import { saveCsv } from "./table.js";
import { meanMetres, measureAgain, splitMoved, switchSite, tryDistance, tryGap } from "./trial.js";

const MOST_BOXES = 400;

/** The published distances; only called where a trial can be run. */
const published = () => /** @type {PublishedTrial} */ (app.data.trial);

export function prepareTrial() {
  const trial = app.data.trial;
  if (!trial) byId("am-trial").hidden = true;
  else if (trial.why_not !== undefined) fillWith(byId("am-trial-body"), el("p", {}, trial.why_not));
  else {
    const { rows, x, y } = trial.assets;
    app.trial = {
      rows: new Map(rows.map((row, at) => [row, { x: x[at], y: y[at] }])), changed: new Map(), metres: trial.metres.slice(), moved: [],
    };
  }
}

/** @param {number} row */
const isPublishedOpen = (row) => textOf(register().status, row) === "open";

/** @param {number} row @param {boolean} open */
export function trySwitch(row, open) {
  app.tried.push(app.state.switched);
  setState({ switched: switchSite(app.state.switched, row, open, isPublishedOpen(row)) });
  announce(trialWords().join(" "));
}

export function runTrial() {
  const trial = app.trial;
  if (!trial) return;
  trial.changed.clear();
  trial.metres = published().metres.slice();
  trial.moved = [];
  if (!app.state.switched.size) return;
  Object.assign(trial, measureAgain(published(), trial.rows, isOpen));
  const people = app.data.areas.people;
  const distance = layerByKey("distance");
  if (distance) trial.changed.set("distance", tryDistance(distance, trial.metres, trial.moved, people));
  const gap = layerByKey("gap");
  const upper = published().access_upper;
  if (gap && upper) trial.changed.set("gap", tryGap(gap, upper, trial.metres, trial.moved, people));
}

/** Take back the last change of the trial. */
export function undoTrial() {
  setState({ switched: app.tried.pop() || new Map() });
  announce(app.state.switched.size ? trialWords().join(" ") : "The trial is empty: the map shows the published figures.");
}

export function endTrial() {
  app.tried.length = 0;
  setState({ switched: new Map() });
  announce("Trial ended.");
}

const undoButtons = () => [
  el("button", { type: "button", class: "am-button", disabled: !app.state.switched.size, onclick: undoTrial }, "Undo"),
  el("button", { type: "button", class: "am-button", disabled: !app.state.switched.size, onclick: endTrial }, "End the trial"),
];

/** @param {number[]} areas "1,200 people in 3 neighbourhoods" */
function whoWords(areas) {
  const people = peopleOf(areas);
  return `${people === null ? "" : `${counted(people, "person", "people")} in `}${counted(areas.length, "neighbourhood")}`;
}

/** @param {Trial} trial */
function movedWords(trial) {
  const before = published().metres;
  const { gone, farther, nearer } = splitMoved(before, trial.metres, trial.moved);
  /** @param {number[]} areas @param {string} words @param {string} from */
  const change = (areas, words, from) => {
    if (!areas.length) return "";
    const [now, was] = [trial.metres, before].map((metres) => distanceWords(meanMetres(metres, areas, app.data.areas.people)));
    return `${whoWords(areas)} would be ${words} an open ${siteWord()}: ${now} on average, ${from} ${was}.`;
  };
  const words = [
    gone.length ? `${whoWords(gone)} would have no open ${siteWord()} at all.` : "",
    change(farther, "further from", "up from"),
    change(nearer, "nearer to", "down from"),
  ].filter(Boolean);
  return words.length ? words : ["No neighbourhood would be nearer or further away."];
}

function trialWords() {
  const { switched } = app.state;
  if (!app.trial || !switched.size) return ["The map shows the published figures."];
  const names = [...switched].map(([row, open]) => `${register().names[row].slice(0, 120)} ${open ? "open" : "closed"}`);
  const words = [`Trial, not a forecast: ${names.join(", ")}.`, ...movedWords(app.trial)];
  const [gap, gapNow] = [layerByKey("gap"), app.trial.changed.get("gap")];
  if (gap && gapNow) {
    const [now, before] = [gapNow.classes[8].areas, gap.classes[8].areas];
    words.push(`Neighbourhoods with high need and low access: ${formatNumber(now)}${now === before ? ", as before" : ` instead of ${formatNumber(before)}`}.`);
  }
  return words;
}

export function drawTrial() {
  if (!app.trial) return;
  const names = register().names;
  const rows = [...app.trial.rows.keys()].sort((a, b) => Number(isPublishedOpen(b)) - Number(isPublishedOpen(a)) || byName(names[a], names[b]));
  const boxes = rows.slice(0, MOST_BOXES).map((row) => el("label", { class: "am-check" },
    el("input", { type: "checkbox", checked: isOpen(row), value: row, onchange: (/** @type {any} */ event) => trySwitch(row, event.target.checked) }),
    isolated(names[row]), app.state.switched.has(row) ? el("strong", { class: "am-count" }, "changed") : null));
  const most = rows.length > MOST_BOXES
    ? el("p", { class: "am-sub" }, `This list shows the first ${MOST_BOXES} of ${formatNumber(rows.length)}. To try any other, open its card.`) : null;
  const note = published().access_upper ? "" : " Gap classes on this map do not depend on distance alone, so they do not change in a trial.";
  const disabled = !app.state.switched.size;
  fillWith(byId("am-trial-body"),
    el("p", {}, `Untick a ${siteWord()} to see what would happen if it closed, or several to close them together. Tick a closed one to see what would happen if it opened. The link to this view keeps the trial. Distances are straight lines from where people live. Class bounds stay as published.${note}`),
    el("div", { id: "am-trial-words", class: disabled ? "" : "am-result" }, ...trialWords().map((sentence) => el("p", {}, isolated(sentence)))),
    el("p", { class: "am-buttons" },
      ...undoButtons(),
      el("button", { type: "button", class: "am-button", disabled, onclick: saveTrial }, "Save as CSV")),
    el("fieldset", {}, el("legend", {}, "Open in the trial"), ...boxes, most));
}

export function markTrial() {
  const banner = byId("am-trial-banner");
  banner.hidden = !app.state.switched.size;
  fillWith(banner, ...(app.state.switched.size ? [el("span", {}, el("strong", {}, "Trial. "), isolated(trialWords().join(" ").replace("Trial, not a forecast: ", ""))), ...undoButtons()] : []));
}

function saveTrial() {
  if (!app.trial) return;
  const metres = app.trial.metres;
  const [gap, gapNow] = [layerByKey("gap"), app.trial.changed.get("gap")];
  const head = ["area_code", "area_name", "population", "distance_m_published", "distance_m_trial", "difference_m"];
  if (gapNow) head.push("gap_class_published", "gap_class_trial");
  const rows = app.data.areas.codes.map((code, area) => {
    const [before, now] = [published().metres[area], metres[area]];
    const row = [code, nameOf(area), app.data.areas.people[area], before, now, before === null || now === null ? null : now - before];
    if (gap && gapNow) row.push(wordsOf(gap, area), wordsOf(gapNow, area));
    return row;
  });
  saveCsv("trial.csv", head, rows);
}
