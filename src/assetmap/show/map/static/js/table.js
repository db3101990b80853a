// The table twin: everything the map shows, to be read, sorted, searched and saved without the map.

import { app, areaCount, asTried, currentLayer, labelOf, layerByKey, register, setState } from "./app.js";
import { saidWords } from "./card.js";
import { announce, byId, el, fillWith, isolated } from "./dom.js";
import { filterWords, leftOutWords, shownRows } from "./filter_panel.js";
import { NOT_KNOWN, compareCells, counted, formatNumber, plain, sentenceCase, toCsv } from "./format.js";
import { isBeyondBorder, isOpen, sectorOf, statusWords } from "./marks.js";
import { knownPart, nameOf, nearestPlace } from "./names.js";
import { classOf, higherFirst, isUnsure, scaled, textOf, valueOf, wordsOf } from "./records.js";
import { goToArea, goToAsset } from "./search_box.js";
import { headingSentences } from "./sentences.js";
import { SECTORS } from "./symbols.js";

const PAGE_ROWS = 100;

/** @param {LayerRecord} stored @returns {Column[]} a layer as the trial left it, and the ends of its interval */
function layerColumns(stored) {
  const layer = asTried(stored);
  const doubt = (/** @type {number} */ area) => (isUnsure(layer, area) ? " (unreliable)" : "");
  const unit = layer.unit && !plain(layer.label).includes(plain(layer.unit)) ? ` (${layer.unit})` : "";
  const name = layer.label + unit + (layer === stored ? "" : ", trial");
  if (!layer.values) {
    const value = (/** @type {number} */ area) => (wordsOf(layer, area) === NOT_KNOWN ? null : wordsOf(layer, area));
    return [{ name, text: true, layer: layer.key, value, words: (area) => wordsOf(layer, area) + doubt(area) }];
  }
  /** @param {string} named @param {(number | null)[] | undefined} stored @param {(area: number) => string} [after] @returns {Column} */
  const figures = (named, stored, after = () => "") => ({
    name: named,
    layer: stored === layer.values ? layer.key : undefined,
    value: (area) => scaled(layer, stored, area),
    words: (area) => formatNumber(scaled(layer, stored, area), layer.decimals) + after(area),
  });
  const ends = [layer.low && figures(`${layer.label}: low`, layer.low), layer.high && figures(`${layer.label}: high`, layer.high)];
  return [figures(name, layer.values, doubt), ...ends.filter((column) => column !== undefined)];
}

/** The layer that puts the table in order: the ranks of the gaps for need and access, else the layer on the map. */
const orderLayer = () => (currentLayer().kind === "bivariate" && layerByKey("gap_rank")) || currentLayer();

/**
 * Rows in the order of the layer: rank 1 first, then from the highest value down, or by class.
 * @param {number} one @param {number} other
 */
function byLayer(one, other) {
  const order = orderLayer();
  const layer = asTried(currentLayer());
  if (order !== currentLayer()) return compareCells(valueOf(order, one), valueOf(order, other));
  if (layer.kind === "number") return higherFirst(layer, one, other);
  const place = (/** @type {number} */ area) => (classOf(layer, area) < 0 ? null : classOf(layer, area));
  return compareCells(place(one), place(other), layer.kind === "bivariate");
}

/** @returns {Column[]} */
function areaColumns() {
  const { people, codes, names } = app.data.areas;
  const order = orderLayer();
  const layers = [currentLayer(), ...app.data.layers.filter((layer) => layer !== currentLayer() && layer !== order)];
  /** @type {Column[]} */
  const columns = [
    { name: "Neighbourhood", value: nameOf, text: true },
    ...(order === currentLayer() ? [] : layerColumns(order)),
    { name: "Code", value: (area) => codes[area], text: true },
    ...(app.marks.places && !names.some(knownPart) ? [{ name: "Near", value: nearestPlace, text: true }] : []),
    { name: "Population", value: (area) => people[area], words: (area) => formatNumber(people[area]) },
    ...layers.filter((layer) => layer.key !== "population" || layer === currentLayer()).flatMap(layerColumns),
  ];
  if (app.data.assets) {
    const counts = new Array(areaCount()).fill(0);
    for (const row of shownRows()) if (register().areas[row] >= 0) counts[register().areas[row]] += 1;
    columns.push({ name: `${filterWords()} here (filtered)`, value: (area) => counts[area], words: (area) => formatNumber(counts[area]) });
  }
  return columns;
}

/** @returns {Column[]} */
function assetColumns() {
  const assets = register();
  /** @param {string} name @param {(row: number) => string} words @returns {Column} */
  const text = (name, words) => ({ name, text: true, value: (row) => words(row) || null });
  /** @param {string} name @param {Coded | undefined} coded */
  const coded = (name, coded) => text(name, (row) => textOf(coded, row));
  const columns = [
    text("Name", (row) => assets.names[row]),
    text("Type", (row) => labelOf("asset_types", textOf(assets.asset_type, row))),
    text("Status", (row) => (app.state.switched.has(row) ? `${isOpen(row) ? "open" : "closed"} (trial)` : statusWords(textOf(assets.status, row), ""))),
    coded("Operator", assets.operator),
    text("Who runs it", (row) => sentenceCase(sectorOf(row).words)),
    text("Registered", (row) => statusWords(textOf(assets.registered, row), "")),
    coded("Serves", assets.priorities),
    text("Offers", (row) => saidWords("offers", row)),
    text("Asks for", (row) => saidWords("asks", row)),
    text("What people do together", (row) => saidWords("social_action", row)),
    coded("Town", assets.town),
    coded("Postcode", assets.postcode),
    text("Neighbourhood", (row) => (assets.areas[row] >= 0 ? nameOf(assets.areas[row]) : isBeyondBorder(row) ? SECTORS.beyond_border.words : "")),
    text("Location precision", (row) => textOf(assets.location_precision, row).replaceAll("_", " ")),
    coded("Website", assets.website),
    coded("Email", assets.email),
    coded("Phone", assets.phone),
    coded("Note", assets.note),
  ];
  return columns.filter((column) => column.name === "Name" || assets.ids.some((_id, row) => column.value(row)));
}

/** @param {Column[]} columns */
function tableRows(columns) {
  const { kind, sort, down, wanted } = app.table;
  const key = plain(wanted).trim();
  const all = kind === "areas" ? [...Array(areaCount()).keys()] : shownRows();
  const rows = key ? all.filter((row) => columns.some((column) => column.text && plain(column.value(row) ?? "").includes(key))) : all;
  const column = sort === null ? undefined : columns[sort];
  if (column) return rows.sort((a, b) => compareCells(column.value(a), column.value(b), down));
  return kind === "areas" ? rows.sort(byLayer) : rows;
}

/**
 * How the rows are sorted by a column, for its heading: by choice, or because it is what the layer on the map is about.
 * @param {Column} column @param {number} at
 */
function sortedBy(column, at) {
  if (app.table.sort === at) return app.table.down ? "descending" : "ascending";
  if (app.table.sort !== null || app.table.kind !== "areas" || !column.layer || column.layer !== orderLayer().key) return undefined;
  return orderLayer() === currentLayer() && currentLayer().kind !== "category" ? "descending" : "ascending";
}

export function drawTable() {
  if (app.state.view !== "table") return;
  const columns = app.table.kind === "areas" ? areaColumns() : assetColumns();
  const rows = tableRows(columns);
  const pages = Math.max(Math.ceil(rows.length / PAGE_ROWS), 1);
  app.table.page = Math.min(app.table.page, pages - 1);
  const shown = rows.slice(app.table.page * PAGE_ROWS, (app.table.page + 1) * PAGE_ROWS);
  const head = columns.map((column, at) => {
    const sorted = sortedBy(column, at);
    const arrow = sorted ? (sorted === "descending" ? " ↓" : " ↑") : "";
    return el("th", { scope: "col", "aria-sort": sorted, class: at === 0 ? "am-name" : column.text ? "" : "am-figure" }, el("button", { type: "button", onclick: () => sortBy(at, column) }, isolated(column.name), arrow));
  });
  const body = shown.map((row) => el("tr", { onclick: () => openRow(row) }, ...columns.map((column, at) => tableCell(column, at, row))));
  const caption = `${formatNumber(rows.length)} of ${app.table.kind === "areas" ? counted(areaCount(), "neighbourhood") : counted(app.marks.shown.length, "asset")}`;
  const focused = document.activeElement && document.activeElement.id;
  fillWith(byId("am-tableview"), ...tableHead(columns, rows),
    el("div", { class: "am-scroll", tabindex: "0", role: "region", "aria-label": "Table of figures, scrolls sideways" },
      el("table", { class: "am-table" }, el("caption", {}, caption), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body))),
    pages > 1 ? pager(pages) : null);
  const again = focused && byId(focused);
  if (!again) return;
  again.focus();
  if (again.type === "search") again.setSelectionRange(again.value.length, again.value.length);
}

/** @param {Column} column @param {number} at @param {number} row */
function tableCell(column, at, row) {
  const value = column.value(row);
  const words = column.words ? column.words(row) : value ?? NOT_KNOWN;
  if (at > 0) return el("td", { class: column.text ? (String(words).length > 40 ? "am-long" : "") : "am-figure" }, isolated(words));
  return el("th", { scope: "row" }, el("button", { type: "button", class: "am-inline" }, isolated(words)));
}

/**
 * A click anywhere in a row, or its button by keyboard, leads to the map. Text that is being selected is not a click.
 * @param {number} row
 */
function openRow(row) {
  if (String(window.getSelection() || "").trim()) return;
  setView("map");
  if (app.table.kind === "areas") goToArea(row);
  else goToAsset(row);
}

/** @param {Column[]} columns @param {number[]} rows */
function tableHead(columns, rows) {
  const kinds = app.data.assets ? [["areas", "Neighbourhoods"], ["assets", "Assets"]] : [["areas", "Neighbourhoods"]];
  const choose = kinds.map(([kind, words]) => el("button", {
    type: "button", id: `am-table-${kind}`, "aria-pressed": String(app.table.kind === kind), onclick: () => { Object.assign(app.table, { kind, sort: null, down: false, page: 0 }); drawTable(); },
  }, words));
  const search = el("input", { type: "search", id: "am-table-search", value: app.table.wanted, oninput: (/** @type {any} */ event) => { app.table.wanted = event.target.value; app.table.page = 0; drawTable(); } });
  const save = () => saveCsv(`${app.table.kind}.csv`, columns.map((column) => column.name), rows.map((row) => columns.map((column) => column.value(row))));
  const filtered = app.data.assets ? el("span", { class: "am-count" }, `The filter shows ${formatNumber(app.marks.count)} of ${formatNumber(app.marks.shown.length)} assets: ${filterWords()}${leftOutWords()}.`) : null;
  return [el("h2", { class: "am-hidden" }, "Everything on the map, as a table"), el("p", { class: "am-hidden", id: "am-table-sentence" }, isolated(headingSentences())),
    el("div", { class: "am-tabletools" }, el("div", { class: "am-switch", role: "group", "aria-label": "Rows of the table" }, ...choose),
      el("label", { for: "am-table-search" }, "Show rows containing"), search,
      el("button", { type: "button", class: "am-button", id: "am-table-save", onclick: save }, "Save as CSV"), filtered)];
}

/** @param {number} pages */
function pager(pages) {
  const go = (/** @type {number} */ page) => { app.table.page = page; drawTable(); };
  const words = `Page ${app.table.page + 1} of ${pages}`;
  return el("nav", { class: "am-pager", "aria-label": "Pages of the table" },
    el("button", { type: "button", class: "am-button", id: "am-page-back", disabled: app.table.page === 0, onclick: () => go(app.table.page - 1) }, "Back"), el("span", {}, words),
    el("button", { type: "button", class: "am-button", id: "am-page-on", disabled: app.table.page >= pages - 1, onclick: () => go(app.table.page + 1) }, "Next"));
}

/** @param {number} at @param {Column} column */
function sortBy(at, column) {
  const again = app.table.sort === at;
  app.table.down = again ? !app.table.down : !column.text;
  app.table.sort = at;
  app.table.page = 0;
  drawTable();
  byId("am-tableview").querySelectorAll("thead button")[at].focus();
  announce(`Sorted by ${column.name}, ${app.table.down ? "descending" : "ascending"}.`);
}

/** @param {string} name @param {string[]} head @param {(string | number | null)[][]} rows */
export function saveCsv(name, head, rows) {
  const address = URL.createObjectURL(new Blob([toCsv(head, rows)], { type: "text/csv" }));
  const link = el("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  announce(`Saved ${name}.`);
}

/** @param {string} view */
export function setView(view) {
  setState({ view });
  byId("am-mapview").hidden = view !== "map";
  byId("am-tableview").hidden = view !== "table";
  byId("am-show-map").setAttribute("aria-pressed", String(view === "map"));
  byId("am-show-table").setAttribute("aria-pressed", String(view === "table"));
  document.body.classList.toggle("am-table-open", view === "table");
  if (view === "map") app.map.invalidateSize({ animate: false });
  else drawTable();
}
