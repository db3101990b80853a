// The card of an area or an asset: its figures in words, its interval and rank, why, and what is there.

import {
  app, areaCount, areasWhere, asTried, currentLayer, labelOf, layerByKey, layersByGroup, register, setState,
} from "./app.js";
import { mayMove } from "./areas.js";
import { WORST, comparedWith, drawnLayer } from "./gaps.js";
import { announce, byId, el, fillWith, isolated } from "./dom.js";
import { shownRows } from "./filter_panel.js";
import { NOT_KNOWN, byName, counted, formatNumber, lookUp, sentenceCase } from "./format.js";
import { isBeyondBorder, isMarkedOpen, isOpen, sectorOf, statusWords } from "./marks.js";
import { knownPart, nameOf, nearestPlace, placedName } from "./names.js";
import { settleMap } from "./view.js";
import { classOf, codesOf, isUnsure, rankOf, textOf, valueOf, wordsOf } from "./records.js";
import { SECTORS, swatch } from "./symbols.js";
import { trySwitch } from "./trial_panel.js";

/** @param {string} title @param {any} subtitle @param {...any} parts */
function cardParts(title, subtitle, ...parts) {
  const close = el("button", { type: "button", class: "am-close", onclick: () => closeCard(true) }, "Close");
  return [close, el("h2", { id: "am-card-title", tabindex: "-1" }, isolated(title)),
    subtitle ? el("p", { class: "am-sub" }, subtitle) : null, ...parts];
}

/** @param {any[]} parts @param {boolean} focus */
function openCard(parts, focus) {
  const card = byId("am-card");
  fillWith(card, ...parts);
  card.hidden = false;
  document.body.classList.add("am-has-card");
  settleMap();
  byId("am-sheet").scrollTop = 0;
  if (!document.body.classList.contains("am-narrow")) card.scrollIntoView({ block: "nearest" });
  if (focus) byId("am-card-title").focus();
}


/**
 * Move the map so that what the card is about is in sight.
 * @param {L.LatLng} spot
 */
export const uncover = (spot) => app.map.panInside(spot, { padding: [40, 40], animate: mayMove() });

/** @param {boolean} focusBack */
export function closeCard(focusBack) {
  byId("am-card").hidden = true;
  if (app.chosen) app.chosen.remove();
  document.body.classList.remove("am-has-card");
  settleMap();
  setState({ area: -1, asset: -1 });
  if (focusBack && app.state.view === "map") app.map.getContainer().focus();
}

/** @param {number} area @param {boolean} focus */
export function showAreaCard(area, focus) {
  const assets = assetsIn(area);
  const people = app.data.areas.people[area];
  const year = app.data.areas.people_year ? ` (${app.data.areas.people_year})` : "";
  const near = knownPart(nameOf(area)) ? "" : nearestPlace(area);
  const subtitle = el("span", {}, near ? isolated(`near ${near}`) : null, near ? " · " : null, isolated(app.data.areas.codes[area]), " · ",
    people === null ? "population not known" : `${counted(people, "resident")}${year}`);
  openCard(cardParts(nameOf(area), subtitle, headline(area), figureTable(area), assetList(assets)), focus);
}

/**
 * What the layer on the map says about the area, large.
 * @param {number} area
 */
function headline(area) {
  const layer = drawnLayer();
  const code = classOf(layer, area);
  const box = code < 0 ? el("span", { class: "am-box am-hatched" }) : el("span", { class: "am-box", colour: layer.colours[code] });
  const about = layer.kind === "bivariate" ? comparedWith() : layer.label;
  const lines = [el("p", { class: "am-headline" }, box, el("strong", {}, isolated(wordsOf(layer, area))), el("span", {}, isolated(about)))];
  const published = currentLayer();
  if (layer.codes !== published.codes && wordsOf(layer, area) !== wordsOf(published, area)) lines.push(el("p", { class: "am-sub" }, "Published: ", isolated(wordsOf(published, area)), "."));
  const rank = rankOf(layer, area);
  if (rank) lines.push(el("p", { class: "am-sub" }, `Ranks ${formatNumber(rank)} of ${rankedWords(layer)}, where 1 is the highest value.`));
  if (isUnsure(published, area) && (layer.kind !== "bivariate" || app.state.nine || code === WORST)) lines.push(el("p", { class: "am-warn" }, "Unreliable: do not rely on this value alone."));
  const why = layerByKey("gap_reason");
  if (why && layer.group === "gaps" && textOf(why.text, area)) lines.push(el("p", {}, isolated(textOf(why.text, area))));
  return el("div", {}, ...lines);
}

/** @param {LayerRecord} layer */
function rankedWords(layer) {
  const known = areasWhere((area) => valueOf(layer, area) !== null).length;
  return known === areaCount() ? formatNumber(known) : `${formatNumber(known)} with a known value`;
}

/** @param {number} area */
function figureTable(area) {
  const groups = layersByGroup((layer) => layer.key !== "gap_reason" && layer.key !== "population" && !(layer.key === "gap_group" && valueOf(layer, area) === null));
  const parts = groups.map(([heading, layers]) => el("tbody", {},
    el("tr", {}, el("th", { colspan: "2", scope: "rowgroup", class: "am-group" }, isolated(heading))),
    ...layers.map((layer) => el("tr", {}, el("th", { scope: "row" }, isolated(layer.label)), el("td", {}, isolated(wordsOf(asTried(layer), area)))))));
  return el("details", { class: "am-figures", open: true }, el("summary", {}, "All figures"), el("table", {}, ...parts));
}

/** @param {number} area */
const assetsIn = (area) => (app.data.assets ? shownRows().filter((row) => register().areas[row] === area) : []);

/** @param {number} row */
const assetButton = (row) => el("li", {}, el("button", { type: "button", class: "am-link", onclick: () => setState({ asset: row }) },
  swatch(sectorOf(row), isMarkedOpen(row)), isolated(register().names[row])));

/** @param {number[]} rows */
function assetList(rows) {
  if (!app.data.assets) return null;
  const shown = rows.slice(0, 200);
  return el("div", {}, el("h3", {}, `Assets here that the filter shows: ${formatNumber(rows.length)}`), ...saidHere(rows),
    rows.length ? el("ul", { class: "am-list" }, ...shown.map(assetButton)) : null,
    rows.length > shown.length ? el("p", {}, `Only the first ${formatNumber(shown.length)} are listed here. The table lists all of them.`) : null);
}

/** @param {number[]} rows @param {string} [title] @param {Node | string} [subtitle] */
export function showCardOfMany(
  rows, title = `${counted(rows.length, "asset")} here`, subtitle = "They share one point on the map, for example a postcode or a village.",
) {
  openCard(cardParts(title, subtitle,
    el("ul", { class: "am-list" }, ...rows.slice(0, 300).map(assetButton))), true);
  announce(`${title}.`);
}

/** @type {Record<string, string>} */
const PRECISION_WORDS = {
  point: "The point is exact.",
  postcode: "The point is the middle of its postcode.",
  postcode_district: "The point is the middle of its postcode district, so the real location may be kilometres away.",
  place: "The point is the middle of its town or village.",
  area_only: "Not on the map: only its neighbourhood is known.",
};

/** @type {Record<SaidColumn, LabelTable>} */
const SAID_LABELS = { offers: "resources", asks: "resources", social_action: "social_action" };

/** @param {SaidColumn} column @param {number} row */
export const saidWords = (column, row) => codesOf(register()[column], row).map((key) => labelOf(SAID_LABELS[column], key)).join(", ");

/**
 * What assets of one neighbourhood offer, ask for and do together, most common first: "Hall or large room (3), Minibus".
 * @param {number[]} rows
 */
const saidHere = (rows) => [
  saidBy(rows, "offers", "Offered here: "), saidBy(rows, "asks", "Asked for here: "), saidBy(rows, "social_action", "What people do together here: "),
];

/** @param {number[]} rows @param {SaidColumn} column @param {string} heading */
function saidBy(rows, column, heading) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const key of rows.flatMap((row) => codesOf(register()[column], row))) counts.set(key, (counts.get(key) || 0) + 1);
  if (!counts.size) return null;
  const words = [...counts].map(([key, count]) => ({ label: labelOf(SAID_LABELS[column], key), count }))
    .sort((a, b) => b.count - a.count || byName(a.label, b.label))
    .map(({ label, count }) => (count > 1 ? `${label} (${count})` : label));
  return el("p", {}, el("strong", {}, heading), isolated(words.join(", ")));
}

/** @param {number} row */
function assetFacts(row) {
  const assets = register();
  const facts = [
    ["Type", labelOf("asset_types", textOf(assets.asset_type, row))],
    ["Status", statusNow(row)],
    ["Offers", saidWords("offers", row)],
    ["Asks for", saidWords("asks", row)],
    ["What people do together", saidWords("social_action", row)],
    ["Serves", servedBy(row)],
    ["For the people who use it", textOf(assets.benefit_people, row)],
    ["For the community", textOf(assets.benefit_community, row)],
    ["For public services", textOf(assets.benefit_services, row)],
    ["Who runs it", textOf(assets.operator, row) || (sectorOf(row) === SECTORS.unknown ? NOT_KNOWN : "")],
    ["Type of operator", textOf(assets.operator_type, row) ? labelOf("operator_types", textOf(assets.operator_type, row)) : NOT_KNOWN],
    ["Who owns the building", textOf(assets.owner, row)],
    ["On an official register", [statusWords(textOf(assets.registered, row), ""), textOf(assets.register, row), textOf(assets.registration_number, row)].filter(Boolean).join(", ")],
    ["Transferred from the council", [statusWords(textOf(assets.devolved, row), ""), textOf(assets.devolved_year, row)].filter(Boolean).join(", ")],
    ["Open", textOf(assets.opening_times, row)],
    ["Opening hours a week", textOf(assets.weekly_hours, row)],
    ["Address", [textOf(assets.address, row), textOf(assets.town, row), textOf(assets.postcode, row)].filter((word, at, all) => word && !all.slice(0, at).some((other) => other.includes(word))).join(", ")],
    ["Website", textOf(assets.website, row)],
    ["Email", textOf(assets.email, row)],
    ["Phone", textOf(assets.phone, row)],
    ["Note", textOf(assets.note, row)],
    ["Last checked", textOf(assets.checked_date, row)],
  ];
  return facts.filter(([, words]) => words);
}

/**
 * The priorities that an asset serves, and that it is a guess where only its type says so.
 * @param {number} row
 */
function servedBy(row) {
  const words = textOf(register().priorities, row);
  return words && textOf(register().priorities_from, row) === "type" ? `${words} (guessed from its type)` : words;
}

/**
 * A link to a story in people's own words; an address of another kind is no link.
 * @param {number} row
 */
function storyOf(row) {
  const address = textOf(register().story, row);
  if (!/^https?:\/\//i.test(address)) return null;
  return el("p", { class: "am-sub" }, el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, "A story in their own words"), " (opens another website)");
}

/** @param {number} row */
function statusNow(row) {
  const published = sentenceCase(statusWords(textOf(register().status, row)));
  const tried = app.state.switched.get(row);
  return tried === undefined ? published : `${tried ? "Open" : "Closed"} in this trial (published: ${published.toLowerCase()})`;
}

/**
 * Who runs an asset, in a few words: the name of the operator where only its kind is not known.
 * @param {number} row
 */
function runBy(row) {
  const sector = sectorOf(row);
  const operator = textOf(register().operator, row);
  return sector === SECTORS.unknown && operator ? `Run by ${operator}` : sentenceCase(sector.words);
}

/** @param {number} row @param {boolean} focus */
export function showAssetCard(row, focus) {
  const assets = register();
  const area = assets.areas[row];
  const rows = assetFacts(row).map(([name, words]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, isolated(words))));
  const precision = assets.sensitive && assets.sensitive[row] && app.data.audience === "public"
    ? "Its exact location is not published." : lookUp(PRECISION_WORDS, textOf(assets.location_precision, row));
  const inArea = area >= 0
    ? el("p", {}, "In ", el("button", { type: "button", class: "am-inline", onclick: () => setState({ area, asset: -1 }) }, isolated(nameOf(area)))) : beyondWords(row);
  const sector = sectorOf(row);
  const subtitle = el("span", { class: "am-keyline" }, swatch(sector, isMarkedOpen(row)), isolated(runBy(row)));
  openCard(cardParts(assets.names[row], subtitle, el("table", { class: "am-facts" }, el("tbody", {}, ...rows)), storyOf(row),
    precision ? el("p", { class: "am-sub" }, precision) : null, inArea, trialButton(row)), focus);
}

/** @param {number} row */
function beyondWords(row) {
  if (!isBeyondBorder(row)) return null;
  const place = app.data.area_name ? isolated(app.data.area_name) : "these areas";
  return el("p", {}, "This is outside ", place, ". It counts towards distances and access, but not towards any neighbourhood or total.");
}

/** @param {number} row */
function trialButton(row) {
  if (!app.trial || !app.trial.rows.has(row)) return null;
  const open = isOpen(row);
  return el("button", { type: "button", class: "am-button", onclick: () => { trySwitch(row, !open); showAssetCard(row, true); } },
    open ? "What if it closed?" : "What if it opened?");
}

/**
 * Say in one breath what the card shows.
 * @param {number} area
 */
export const readArea = (area) => `${placedName(area)}. ${currentLayer().label}: ${wordsOf(asTried(currentLayer()), area)}.`;

/** @param {number} row */
export function readAsset(row) {
  const [offers, asks] = [saidWords("offers", row), saidWords("asks", row)];
  return `${register().names[row]}. ${labelOf("asset_types", textOf(register().asset_type, row))}, ${sectorOf(row).words}.`
    + (offers ? ` Offers: ${offers}.` : "") + (asks ? ` Asks for: ${asks}.` : "");
}
