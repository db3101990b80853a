// Paper: the map redrawn for a sheet, with title, key, scale bar, date and attribution.

import { linkToView } from "./address.js";
import { app, currentLayer } from "./app.js";
import { byId, el, fillWith, isolated } from "./dom.js";
import { sourceLine, sourcesOf } from "./legend.js";
import { copyLink, savePicture } from "./share.js";
import { layOut } from "./tools.js";
import { fitWhole } from "./view.js";

const KEY_MM = 73; // width of the key, as in map.css
const PRINT_SHARPNESS = 3;
const SHEET_MM = { a4: { width: 277, height: 190 }, a3: { width: 396, height: 273 } }; // inside the margins of map.css

function beforePrint() {
  if (app.printing) return;
  app.printing = { center: app.map.getCenter(), zoom: app.map.getZoom(), bounds: app.map.getBounds(), legend: byId("am-legend").open };
  document.body.classList.remove("am-narrow", "am-short-page");
  document.body.classList.add("am-printing");
  document.body.classList.toggle("am-printing-table", app.state.view === "table");
  byId("am-legend").open = true;
  fillWith(byId("am-printed"), ...printedLines());
  if (app.state.view === "table") return;
  byId("am-stage").style.height = `${stageHeight()}px`;
  shrinkKey(byId("am-legend"));
  app.map.invalidateSize({ animate: false });
  fitWhole(app.printing.bounds.intersects(app.bounds) ? overlapOf(app.printing.bounds, app.bounds) : app.bounds, [10, 10]);
  for (const picture of app.pictures) picture.redraw(PRINT_SHARPNESS, true);
}

/**
 * A long key is printed smaller, in the width that it has.
 * @param {HTMLElement} legend
 */
function shrinkKey(legend) {
  for (let zoom = 1; zoom > 0.4 && legend.getBoundingClientRect().height > stageHeight(); zoom -= 0.06) {
    Object.assign(legend.style, { zoom: String(zoom), width: `${KEY_MM / zoom}mm` });
  }
}

// Height left for the map on a sheet, once title, sources and warnings have theirs.
function stageHeight() {
  const sheet = document.body.classList.contains("am-a3") ? SHEET_MM.a3 : SHEET_MM.a4;
  const mm = document.body.getBoundingClientRect().width / sheet.width;
  const others = [".am-top", "#am-printed", "#am-line", "#am-trial-banner"].map((one) => document.querySelector(one)?.getBoundingClientRect().height || 0);
  const left = sheet.height * mm - others.reduce((sum, height) => sum + height, 0) - 4 * mm;
  return Math.floor(Math.max(left, sheet.height * mm * 0.4));
}

/**
 * What both the screen and the areas cover, so that a sheet is not filled with sea.
 * @param {L.LatLngBounds} screen @param {L.LatLngBounds} all
 */
const overlapOf = (screen, all) =>
  L.latLngBounds(
    [Math.max(screen.getSouth(), all.getSouth()), Math.max(screen.getWest(), all.getWest())],
    [Math.min(screen.getNorth(), all.getNorth()), Math.min(screen.getEast(), all.getEast())],
  );

function afterPrint() {
  if (!app.printing) return;
  document.body.classList.remove("am-printing", "am-printing-table");
  layOut();
  byId("am-stage").style.height = "";
  Object.assign(byId("am-legend").style, { zoom: "", width: "" });
  byId("am-legend").open = app.printing.legend;
  app.map.invalidateSize({ animate: false });
  app.map.setView(app.printing.center, app.printing.zoom, { animate: false });
  app.printing = null;
  for (const picture of app.pictures) picture.redraw();
}

function printedLines() {
  const layer = currentLayer();
  const used = sourcesOf(layer);
  const sentences = Object.values(app.data.sources).flatMap((source) => (source.attribution || "").split(/(?<=\.)\s+(?=[A-Z])/));
  const attributions = [...new Set(sentences.filter(Boolean))];
  const day = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  return [
    el("p", {}, `Printed ${day}. `, used.length ? "Sources: " : "", isolated(used.map(sourceLine).join("; "))),
    el("p", {}, isolated([...app.data.notes.map((note) => note.sentence), ...attributions].join(" "))),
  ];
}

export function drawPrint() {
  const paper = el("select", { id: "am-paper", onchange: (/** @type {any} */ event) => document.body.classList.toggle("am-a3", event.target.value === "a3") },
    el("option", { value: "a4" }, "A4"), el("option", { value: "a3" }, "A3"));
  const copy = el("input", { id: "am-link", type: "text", readonly: true, "aria-label": "Link to this view" });
  const show = () => {
    copy.value = linkToView();
    copy.select();
  };
  copy.addEventListener("focus", show);
  fillWith(byId("am-print-body"),
    el("p", { class: "am-buttons" }, el("label", { for: "am-paper" }, "Paper"), paper,
      el("button", { type: "button", class: "am-button", id: "am-print-now", onclick: () => window.print() }, "Print or save as PDF")),
    el("p", {}, "Prints the map as you see it now, with its key, scale and sources."),
    el("p", { class: "am-buttons" }, el("button", { type: "button", class: "am-button", id: "am-save-picture", onclick: savePicture }, "Save as picture (PNG)"),
      el("button", { type: "button", class: "am-button", id: "am-copy-link", onclick: copyLink }, "Copy this link")),
    el("label", { for: "am-link" }, "Link to this view: layer, location, filter and trial"), copy);
  byId("am-print-body").closest("details")?.addEventListener("toggle", () => { copy.value = linkToView(); });
  window.addEventListener("beforeprint", beforePrint);
  window.addEventListener("afterprint", afterPrint);
}
