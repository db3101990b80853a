// Assets and place names on the map. Shape and colour of a mark say who runs it; many marks close together become
// one circle with their number.

import { app, register, setState } from "./app.js";
import { mayMove } from "./areas.js";
import { showCardOfMany } from "./card.js";
import { el, pencil } from "./dom.js";
import { NOT_KNOWN, lookUp } from "./format.js";
import { textOf } from "./records.js";
import { decodePoints, toLatLng } from "./shapes.js";

/** @type {Record<string, Sector>} */
export const SECTORS = {
  council: { shape: "square", colour: "#0b5394", words: "run by the council" },
  town_or_parish_council: { shape: "circle", colour: "#d9480f", words: "run by a town or parish council" },
  community: { shape: "triangle", colour: "#00795a", words: "run by a community body" },
  public: { shape: "diamond", colour: "#6b3fa0", words: "run by another public body" },
  private: { shape: "cross", colour: "#8a1c4a", words: "run by a company" },
  unknown: { shape: "ring", colour: "#333d47", words: "not known who runs it" },
  beyond_border: { shape: "wedge", colour: "#6b6b6b", words: "beyond the border" }, // whoever runs it
};

const CLUSTER_ABOVE = 150; // marks in view before any are put together
const CLUSTER_CELL_PX = 62;
const NO_CLUSTER_ZOOM = 16;

export function prepareMarks() {
  const assets = app.data.assets;
  app.marks.points = assets ? decodePoints(assets.points) : { x: new Float64Array(0), y: new Float64Array(0) };
  app.marks.shown = new Uint8Array(app.marks.points.x.length);
  app.marks.isMain = new Uint8Array(app.marks.points.x.length);
  const main = app.data.trial?.type;
  for (let row = 0; row < app.marks.isMain.length; row += 1) {
    app.marks.isMain[row] = main && textOf(register().asset_type, row) === main ? 1 : 0;
  }
  if (app.data.places) app.marks.places = decodePoints(app.data.places.points);
}

/** @param {number} row */
export const sectorOf = (row) => sectorNamed(textOf(register().sector, row));

/** @param {string} name */
export const sectorNamed = (name) => lookUp(SECTORS, name) || SECTORS.unknown;

/** @param {number} row */
export const isBeyondBorder = (row) => textOf(register().sector, row) === "beyond_border";

/**
 * Open or not, as the trial has it.
 * @param {number} row
 */
export function isOpen(row) {
  const tried = app.state.switched.get(row);
  if (tried !== undefined) return tried;
  return textOf(register().status, row) === "open";
}

/**
 * Whether the mark of an asset is filled: also where nobody knows whether it is open.
 * @param {number} row
 */
export const isMarkedOpen = (row) => isOpen(row) || textOf(register().status, row) === "unknown";

/**
 * What is not known is said so.
 * @param {string} code @param {string} [none]
 */
export const statusWords = (code, none = NOT_KNOWN) => (code || none).replace("unknown", NOT_KNOWN);

/**
 * Groups of marks for a zoom: cells of a grid fixed to the world, so that panning changes nothing.
 * @param {Frame} frame
 */
function gatherMarks(frame) {
  const { points, shown } = app.marks;
  const inView = [];
  for (let row = 0; row < shown.length; row += 1) {
    if (!shown[row] || Number.isNaN(points.x[row])) continue;
    const x = points.x[row] * frame.scale - frame.left;
    const y = points.y[row] * frame.scale - frame.top;
    if (x > -20 && y > -20 && x < frame.width + 20 && y < frame.height + 20) inView.push(row);
  }
  if (inView.length <= CLUSTER_ABOVE || frame.zoom >= NO_CLUSTER_ZOOM) {
    return sameSpot(inView, frame);
  }
  const main = inView.filter((row) => app.marks.isMain[row]);
  if (main.length > CLUSTER_ABOVE) return byCell(inView, frame, CLUSTER_CELL_PX);
  const others = inView.filter((row) => !app.marks.isMain[row]);
  const apart = sameSpot(main, frame);
  return byCell(others, frame, CLUSTER_CELL_PX).map((cluster) => moveBeside(cluster, apart)).concat(apart);
}

/**
 * A circle moved out from under the marks that are drawn one by one, so that its number can be read.
 * @param {Cluster} cluster @param {Cluster[]} apart
 */
function moveBeside(cluster, apart) {
  const radius = cluster.rows.length > 1 ? clusterRadius(cluster) : markSize(cluster.rows[0]);
  for (const mark of apart) {
    const [dx, dy] = [cluster.x - mark.x, cluster.y - mark.y];
    const away = Math.hypot(dx, dy);
    const wanted = radius + 8;
    if (away >= wanted) continue;
    const turn = away > 0.5 ? Math.atan2(dy, dx) : 0.6;
    return { ...cluster, x: mark.x + wanted * Math.cos(turn), y: mark.y + wanted * Math.sin(turn) };
  }
  return cluster;
}

/** @param {number[]} rows @param {Frame} frame @param {number} side */
function byCell(rows, frame, side) {
  const cells = new Map();
  for (const row of rows) {
    const x = app.marks.points.x[row] * frame.scale;
    const y = app.marks.points.y[row] * frame.scale;
    const key = Math.floor(x / side) * 4194304 + Math.floor(y / side);
    const cell = cells.get(key);
    if (cell) {
      cell.rows.push(row);
      cell.x += x;
      cell.y += y;
    } else cells.set(key, { rows: [row], x, y });
  }
  return [...cells.values()].map((cell) => ({
    rows: cell.rows,
    x: cell.x / cell.rows.length - frame.left,
    y: cell.y / cell.rows.length - frame.top,
  }));
}

/**
 * Marks that stand on the same spot would hide each other: they share one circle at any size.
 * @param {number[]} rows @param {Frame} frame
 */
const sameSpot = (rows, frame) => byCell(rows, frame, 3);

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function* paintMarks(context, frame) {
  app.marks.clusters = gatherMarks(frame);
  app.marks.frame = frame;
  yield;
  paintPlaces(context, frame);
  const smallFirst = app.marks.clusters.slice().sort((a, b) => clusterWeight(a) - clusterWeight(b));
  let done = 0;
  for (const cluster of smallFirst) {
    if (cluster.rows.length > 1) paintCluster(context, cluster);
    else paintMark(context, cluster.x, cluster.y, cluster.rows[0]);
    done += 1;
    if (done % 200 === 0) yield;
  }
}

/** @param {Cluster} cluster */
const clusterWeight = (cluster) => (cluster.rows.some((row) => app.marks.isMain[row]) ? 1e9 : 0) + cluster.rows.length;

/** @param {{rows: number[]}} cluster */
const clusterRadius = ({ rows }) => 8 + Math.min(1.7 * Math.log2(rows.length), 16);

/** @param {CanvasRenderingContext2D} context @param {Cluster} cluster */
function paintCluster(context, cluster) {
  const radius = clusterRadius(cluster);
  context.beginPath();
  context.arc(cluster.x, cluster.y, radius, 0, 2 * Math.PI);
  context.fillStyle = "rgba(255,255,255,0.93)";
  context.fill();
  context.lineWidth = 1.6;
  context.strokeStyle = "#333d47";
  context.stroke();
  context.fillStyle = "#1b2733";
  context.font = "600 11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  const count = cluster.rows.length;
  context.fillText(count >= 10000 ? `${Math.round(count / 1000)}k` : String(count), cluster.x, cluster.y + 0.5);
}

/** @param {number} row */
const markSize = (row) => (app.marks.isMain[row] ? 7.5 : 5);

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} row */
function paintMark(context, x, y, row) {
  const sector = sectorOf(row);
  const size = markSize(row);
  const open = isMarkedOpen(row);
  outlineMark(context, sector.shape, x, y, size);
  context.lineJoin = "round";
  context.lineWidth = 3.6;
  context.strokeStyle = "#ffffff";
  context.stroke();
  inkMark(context, sector, open, x, y, size);
}

/**
 * Colour the outline that is the path of the canvas.
 * @param {CanvasRenderingContext2D} context @param {Sector} sector @param {boolean} open @param {number} x @param {number} y @param {number} size
 */
function inkMark(context, sector, open, x, y, size) {
  context.fillStyle = open && sector.shape !== "ring" ? sector.colour : "#ffffff";
  context.fill();
  context.lineWidth = 1.8;
  context.strokeStyle = sector.colour;
  context.stroke();
  if (!open) crossOut(context, x, y, size, sector.colour);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} size @param {string} colour */
function crossOut(context, x, y, size, colour) {
  context.beginPath();
  context.moveTo(x - size * 0.45, y - size * 0.45);
  context.lineTo(x + size * 0.45, y + size * 0.45);
  context.moveTo(x + size * 0.45, y - size * 0.45);
  context.lineTo(x - size * 0.45, y + size * 0.45);
  context.strokeStyle = colour;
  context.lineWidth = 1.8;
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {string} shape @param {number} x @param {number} y @param {number} size */
function outlineMark(context, shape, x, y, size) {
  context.beginPath();
  if (shape === "square") context.rect(x - size * 0.86, y - size * 0.86, size * 1.72, size * 1.72);
  else if (shape === "triangle") polygon(context, x, y + size * 0.12, size * 1.22, 3, -Math.PI / 2);
  else if (shape === "wedge") polygon(context, x, y - size * 0.12, size * 1.22, 3, Math.PI / 2);
  else if (shape === "diamond") polygon(context, x, y, size * 1.2, 4, 0);
  else if (shape === "cross") polygon(context, x, y, size * 1.08, 5, -Math.PI / 2);
  else context.arc(x, y, shape === "ring" ? size * 0.8 : size, 0, 2 * Math.PI);
  context.closePath();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius @param {number} corners @param {number} turn */
export function polygon(context, x, y, radius, corners, turn) {
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = turn + (corner * 2 * Math.PI) / corners;
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
}

/**
 * A small picture of a mark for legends and lists.
 * @param {Sector} sector @param {boolean} [open]
 */
export function swatch(sector, open = true) {
  const canvas = el("canvas", { width: 40, height: 40, class: "am-swatch", "aria-hidden": "true" });
  const context = pencil(canvas);
  context.scale(2, 2);
  outlineMark(context, sector.shape, 10, 10, 6.5);
  inkMark(context, sector, open, 10, 10, 6.5);
  return canvas;
}

// Place names, the most important first, none over another.
const PLACE_FROM_ZOOM = [0, 8.2, 10, 10.8, 12];
const PLACE_FONT = ["600 15px", "600 13px", "500 12px", "500 11.5px", "500 11px"];

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
function paintPlaces(context, frame) {
  const { places } = app.data;
  if (!places || !app.marks.places) return;
  const taken = app.marks.clusters.map(({ x, y, rows }) => {
    const reach = rows.length > 1 ? clusterRadius({ rows }) : markSize(rows[0]);
    return [x - reach, y - reach, x + reach, y + reach];
  });
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (let row = 0; row < places.names.length; row += 1) {
    const rank = Math.min(places.rank[row], 4);
    if (frame.zoom < PLACE_FROM_ZOOM[rank]) continue;
    const at = [app.marks.places.x[row] * frame.scale - frame.left, app.marks.places.y[row] * frame.scale - frame.top];
    if (!(at[0] > 0 && at[1] > 0 && at[0] < frame.width && at[1] < frame.height)) continue;
    context.font = `${PLACE_FONT[rank]} system-ui, sans-serif`;
    const name = places.names[row].slice(0, 60);
    const box = freeSpot(at, context.measureText(name).width + 6, taken, frame);
    if (!box) continue;
    taken.push(box);
    const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    context.lineWidth = 3.5;
    context.strokeStyle = "rgba(255,255,255,0.92)";
    context.strokeText(name, x, y);
    context.fillStyle = "#1b2733";
    context.fillText(name, x, y);
  }
}

/**
 * Above, below, right or left of a place, the first that covers no mark and no other name.
 * @param {number[]} at @param {number} width @param {number[][]} taken @param {Frame} frame
 */
function freeSpot([x, y], width, taken, { margin, width: right, height: bottom }) {
  const half = width / 2;
  for (const [dx, dy] of [[0, -17], [0, 17], [half + 11, 0], [-half - 11, 0]]) {
    const box = [x + dx - half, y + dy - 8, x + dx + half, y + dy + 8];
    const inSight = box[0] > margin.x && box[1] > margin.y && box[2] < right - margin.x && box[3] < bottom - margin.y;
    const cutOff = !inSight && x > margin.x && x < right - margin.x && y > margin.y && y < bottom - margin.y;
    if (!cutOff && !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return box;
  }
  return null;
}

/**
 * The mark or circle of marks under a point of the map (pixels of the container), or null.
 * @param {L.Point} point
 */
export function marksAt(point) {
  const frame = app.marks.frame;
  if (!frame) return null;
  const corner = /** @type {L.Point} */ (app.map.getPixelBounds().min);
  const x = point.x + corner.x - frame.left;
  const y = point.y + corner.y - frame.top;
  let best = null;
  let nearest = Infinity;
  for (const cluster of app.marks.clusters) {
    const away = Math.hypot(cluster.x - x, cluster.y - y);
    const reach = cluster.rows.length > 1 ? clusterRadius(cluster) + 2 : markSize(cluster.rows[0]) + 5;
    if (away <= reach && away < nearest) {
      nearest = away;
      best = cluster;
    }
  }
  return best;
}

/** @param {Cluster} cluster */
export function openCluster(cluster) {
  if (cluster.rows.length === 1) {
    setState({ asset: cluster.rows[0] });
    return;
  }
  const { x, y } = app.marks.points;
  const xs = cluster.rows.map((row) => x[row]);
  const ys = cluster.rows.map((row) => y[row]);
  const [west, east] = [Math.min(...xs), Math.max(...xs)];
  const [north, south] = [Math.min(...ys), Math.max(...ys)];
  const apart = Math.max(east - west, south - north) * 2 ** NO_CLUSTER_ZOOM;
  if (apart < 12 || app.map.getZoom() >= NO_CLUSTER_ZOOM) showCardOfMany(cluster.rows);
  else app.map.fitBounds(L.latLngBounds(toLatLng(west, south), toLatLng(east, north)), {
    padding: [50, 50], maxZoom: NO_CLUSTER_ZOOM, animate: mayMove(),
  });
}

/**
 * Put a ring or a pin on the map.
 * @param {L.LatLng} spot @param {string} className @param {number} size pixels
 */
export const placeMark = (spot, className, size) =>
  L.marker(spot, { icon: L.divIcon({ className, iconSize: [size, size] }), keyboard: false, interactive: false }).addTo(app.map);
