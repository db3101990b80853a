// Put everything together once the data are unpacked.

import { readLink, wireLink } from "./address.js";
import {
  app, areasWhere, asTried, currentLayer, layerByKey, register, setState, unpack, whenChanged,
} from "./app.js";
import { areaAt, circleRadius, mayMove, paintAreas, paintOutline, prepareAreas, showArea } from "./areas.js";
import { closeCard, readArea, readAsset, showAreaCard, showAssetCard, uncover } from "./card.js";
import { announce, byId, el, fillWith, isolated } from "./dom.js";
import { wireEditing } from "./edit.js";
import { FILTER_STATES, applyFilter, countFilter, drawFilter, prepareFilter } from "./filter_panel.js";
import { counted } from "./format.js";
import { prepareGround } from "./ground.js";
import { wireKeys } from "./keys.js";
import { drawLegend } from "./legend.js";
import { isOpen, marksAt, openCluster, paintMarks, placeMark, prepareMarks, sectorOf } from "./marks.js";
import { nameOf } from "./names.js";
import { drawAbout, drawLayerList, markLayerList } from "./panels.js";
import { PictureLayer } from "./picture.js";
import { drawPrint } from "./print.js";
import { rankOf, textOf, wordsOf } from "./records.js";
import { prepareSearch } from "./search_box.js";
import { drawHeading, headingSentences } from "./sentences.js";
import { drawPicture } from "./share.js";
import { middleOf, nextInDirection, toLatLng } from "./shapes.js";
import { drawTable, setView } from "./table.js";
import { drawEmbedded, isNarrow, layOut, leaveScrollingToThePage, wireTools } from "./tools.js";
import { drawTrial, markTrial, prepareTrial, runTrial, trySwitch } from "./trial_panel.js";
import { goHome, settleMap } from "./view.js";

/** @param {L.Map} map */
export async function startPage(map) {
  app.map = map;
  layOut();
  // for scripts that a user adds
  const names = {
    app, setState, setView, showArea, areasWhere, rankOf, layerByKey, trySwitch, isOpen, middleOf, toLatLng, nextInDirection, circleRadius, mayMove, drawPicture,
  };
  Object.assign(map, { assetmap: names });
  try {
    app.data = await unpack(byId("am-data").textContent);
    prepareAreas();
    prepareGround();
    prepareMarks();
    prepareFilter();
    prepareTrial();
    drawAll();
  } catch (problem) {
    byId("am-title").textContent = "This map could not be opened";
    byId("am-sentence").textContent = `Your browser may be too old or the file may be damaged (${problem instanceof Error ? problem.message : problem}). The tables made with this map have the same figures.`;
    throw problem;
  }
}

function drawAll() {
  const [west, south, east, north] = app.data.bounds;
  app.bounds = L.latLngBounds([south, west], [north, east]);
  const { changes, view, table } = readLink();
  const opens = app.data.layers.findIndex((layer) => layer.kind !== "fact");
  Object.assign(app.state, { layer: Math.max(opens, 0) });
  const { area, asset, ...quiet } = changes; // cards are opened once everything is drawn
  Object.assign(app.state, quiet);
  applyFilter();
  drawHeading();
  byId("am-legend").open = !isNarrow();
  runTrial();
  drawLayerList();
  drawLegend();
  drawFilter();
  drawEmbedded();
  app.map.invalidateSize({ animate: false });
  if (view) app.map.setView([view[0], view[1]], view[2], { animate: false });
  else goHome();
  addPictures();
  drawTrial();
  markTrial();
  drawPrint();
  drawAbout();
  prepareSearch();
  wireKeys();
  wireMouse();
  wireState();
  wireLink();
  wireViews();
  wireTools();
  wireEditing();
  leaveScrollingToThePage();
  app.ready = true;
  if (area !== undefined) setState({ area });
  if (asset !== undefined) setState({ asset });
  if (table) setView("table");
}

function addPictures() {
  /** @param {string} name @param {number} level */
  const pane = (name, level) => {
    Object.assign(app.map.createPane(name).style, { zIndex: String(level), pointerEvents: "none" });
    return name;
  };
  app.land = new PictureLayer(paintAreas, pane("am-areas", 250));
  app.outline = new PictureLayer(paintOutline, pane("am-outline", 420));
  app.dots = new PictureLayer(paintMarks, pane("am-marks", 450));
  app.pictures = [app.land, app.outline, app.dots];
  const hasTiles = Boolean(app.map.getPane("tilePane")?.childNodes.length);
  app.map.getContainer().classList.toggle("am-has-tiles", hasTiles);
  app.land.on("painted", () => { document.body.dataset.painted = String(Number(document.body.dataset.painted || 0) + 1); });
  for (const picture of app.pictures) picture.addTo(app.map);
  if (app.map.zoomControl) app.map.zoomControl.setPosition("topright");
  L.control.scale({ position: "bottomleft" }).addTo(app.map);
}

function wireMouse() {
  const tip = byId("am-tip");
  app.map.on("click", (event) => {
    const cluster = marksAt(event.containerPoint);
    if (cluster) openCluster(cluster);
    else {
      const area = areaAt(event.latlng);
      if (area >= 0) setState({ area, asset: -1 });
      else closeCard(false);
    }
  });
  let waiting = 0;
  app.map.on("mousemove", (event) => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => showTip(event));
  });
  app.map.on("mouseout movestart", () => {
    cancelAnimationFrame(waiting);
    tip.hidden = true;
  });
}

/** @param {L.LeafletMouseEvent} event */
function showTip(event) {
  const tip = byId("am-tip");
  const cluster = marksAt(event.containerPoint);
  const area = cluster ? -1 : areaAt(event.latlng);
  app.map.getContainer().classList.toggle("am-over", Boolean(cluster) || area >= 0);
  if (!cluster && area < 0) {
    tip.hidden = true;
    return;
  }
  if (!cluster) fillWith(tip, el("strong", {}, isolated(nameOf(area).slice(0, 200))), isolated(wordsOf(asTried(currentLayer()), area)));
  else if (cluster.rows.length > 1) fillWith(tip, el("strong", {}, counted(cluster.rows.length, "asset")), isolated(register().names[cluster.rows[0]].slice(0, 80) + " ..."));
  else fillWith(tip, el("strong", {}, isolated(register().names[cluster.rows[0]].slice(0, 200))), isolated(textOf(register().operator, cluster.rows[0]).slice(0, 120) || sectorOf(cluster.rows[0]).words));
  tip.hidden = false;
  const width = app.map.getSize().x;
  tip.style.left = `${Math.min(event.containerPoint.x + 14, Math.max(width - tip.offsetWidth - 8, 0))}px`;
  tip.style.top = `${event.containerPoint.y + 16}px`;
}

function wireState() {
  whenChanged("switched", () => { runTrial(); drawTrial(); markTrial(); settleMap(); app.dots.redraw(); });
  whenChanged(FILTER_STATES, () => { applyFilter(); countFilter(); app.dots.redraw(); });
  whenChanged("layer nine people switched", () => { app.land.redraw(); app.outline.redraw(); drawHeading(); markLayerList(); });
  whenChanged(`layer nine people switched ${FILTER_STATES}`, () => { drawLegend(); drawTable(); });
  whenChanged("layer nine", () => app.dots.redraw());
  whenChanged("layer", () => announce(`${currentLayer().label}. ${headingSentences()}`));
  whenChanged("area asset", () => showChosen());
  whenChanged(`switched layer nine ${FILTER_STATES}`, () => { if (app.state.area >= 0 && app.state.asset < 0) showAreaCard(app.state.area, false); });
}

function showChosen() {
  const focus = app.cardFocus || false;
  app.cardFocus = false;
  app.outline.redraw();
  if (app.chosen) app.chosen.remove();
  if (app.state.asset >= 0) {
    showAssetCard(app.state.asset, focus);
    ringChosen(app.state.asset);
    if (!focus) announce(readAsset(app.state.asset));
  } else if (app.state.area >= 0) {
    showAreaCard(app.state.area, focus);
    uncover(toLatLng(app.areas.middles.x[app.state.area], app.areas.middles.y[app.state.area]));
    if (!focus) announce(readArea(app.state.area));
  }
}

/** @param {number} row */
function ringChosen(row) {
  const { x, y } = app.marks.points;
  if (Number.isNaN(x[row])) return;
  const spot = toLatLng(x[row], y[row]);
  app.chosen = placeMark(spot, "am-ring", 30);
  uncover(spot);
}

function wireViews() {
  byId("am-show-map").addEventListener("click", () => setView("map"));
  byId("am-show-table").addEventListener("click", () => setView("table"));
  byId("am-skip").addEventListener("click", (/** @type {Event} */ event) => {
    event.preventDefault();
    setView("table");
    byId("am-tableview").focus();
  });
  byId("am-by-people").closest("label").hidden = !app.areas.residents;
  byId("am-by-people").checked = app.state.people;
  byId("am-by-people").addEventListener("change", (/** @type {any} */ event) => setState({ people: event.target.checked }));
  whenChanged("people", () => { byId("am-by-people").checked = app.state.people; });
  new ResizeObserver(() => {
    if (app.state.view === "map" && !app.printing) settleMap();
  }).observe(app.map.getContainer());
}
