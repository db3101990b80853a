// The map without a mouse: arrow keys go from neighbourhood to neighbourhood, or from asset to asset.

import { app, areaCount, setState } from "./app.js";
import { areaAt, mayMove, showArea } from "./areas.js";
import { closeCard, readArea, readAsset } from "./card.js";
import { announce, byId, el } from "./dom.js";
import { counted } from "./format.js";
import { placeMark } from "./marks.js";
import { closeAnswer } from "./answers.js";
import { nearestRow, nextInDirection, toLatLng, toWorld } from "./shapes.js";
import { closeMenu, menuIsOpen } from "./tools.js";

/** @type {L.Marker | null} */
let ring = null;

/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function middleArea() {
  const center = app.map.getCenter();
  const inside = areaAt(center);
  if (inside >= 0) return inside;
  const [x, y] = toWorld(center.lng, center.lat);
  return nearestRow(x, y, app.areas.middles, app.areas.middles.x.keys());
}

/** @param {number[]} direction */
function moveAreaCursor(direction) {
  const from = app.cursor >= 0 ? app.cursor : app.state.area;
  let next = from;
  if (from < 0) next = middleArea();
  else {
    const { middles } = app.areas;
    const found = nextInDirection(middles.x[from], middles.y[from], direction, middles, middles.x.keys());
    if (found < 0) {
      announce("There is no neighbourhood further that way.");
      return;
    }
    next = found;
  }
  app.cursor = next;
  showArea(next, false);
  app.outline.redraw();
  announce(readArea(next));
}

/** @param {KeyboardEvent} event */
function onMapKey(event) {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  const direction = DIRECTIONS[event.key];
  if (direction && event.shiftKey) app.map.panBy(L.point(direction).multiplyBy(120), { animate: mayMove() });
  else if (direction) moveAreaCursor(direction);
  else if (event.key === "Enter" || event.key === " ") openCursor();
  else if (event.key === "+" || event.key === "=") app.map.zoomIn();
  else if (event.key === "-") app.map.zoomOut();
  else return;
  event.preventDefault();
}

function openCursor() {
  const area = app.cursor >= 0 ? app.cursor : middleArea();
  app.cardFocus = true;
  setState({ area, asset: -1 });
}

/** @param {number[]} direction */
function moveAssetCursor(direction) {
  const { points, shown } = app.marks;
  const rows = [...shown.keys()].filter((row) => shown[row] && !Number.isNaN(points.x[row]) && row !== app.assetCursor);
  if (!rows.length) {
    announce("The filter shows no assets that are on the map.");
    return;
  }
  let next;
  if (app.assetCursor < 0) {
    const center = app.map.getCenter();
    const [x, y] = toWorld(center.lng, center.lat);
    next = nearestRow(x, y, points, rows);
  } else next = nextInDirection(points.x[app.assetCursor], points.y[app.assetCursor], direction, points, rows);
  if (next < 0) {
    announce("There is no asset further that way.");
    return;
  }
  app.assetCursor = next;
  const spot = toLatLng(points.x[next], points.y[next]);
  if (!app.map.getBounds().pad(-0.1).contains(spot)) app.map.panTo(spot, { animate: mayMove() });
  if (ring) ring.remove();
  ring = placeMark(spot, "am-ring", 30);
  announce(readAsset(next));
}

/** @param {KeyboardEvent} event */
function onAssetKey(event) {
  const direction = DIRECTIONS[event.key];
  if (direction) moveAssetCursor(direction);
  else if ((event.key === "Enter" || event.key === " ") && app.assetCursor >= 0) {
    app.cardFocus = true;
    setState({ asset: app.assetCursor });
  } else return;
  event.preventDefault();
}

export function wireKeys() {
  const container = app.map.getContainer();
  container.tabIndex = 0;
  container.setAttribute("role", "application");
  container.setAttribute("aria-label", `Map of ${app.data.area_name || "the areas"}: ${counted(areaCount(), "neighbourhood")}`);
  container.setAttribute("aria-describedby", "am-map-help");
  container.addEventListener("keydown", onMapKey);
  container.addEventListener("blur", () => {
    if (app.cursor < 0) return;
    app.cursor = -1;
    app.outline.redraw();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (menuIsOpen()) closeMenu(true);
    else if (!byId("am-card").hidden) closeCard(true);
    else closeAnswer();
  });
  if (!app.data.assets) return;
  const stop = el("button", { type: "button", class: "am-assetstop", onkeydown: onAssetKey, onclick: () => moveAssetCursor([1, 0]) },
    "Assets: use the arrow keys to move from one to the next and Enter to open one");
  stop.addEventListener("blur", () => { if (ring) ring.remove(); });
  container.append(stop);
}
