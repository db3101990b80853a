// Assets on the map. Sites of the type that distances go to are marks whose shape and colour say who runs them, every
// other place is a small plain dot. Where a filter shows chosen types only, all of them are marks, and many marks close
// together become one circle with their number.

import { app, currentLayer, register, setState } from "./app.js";
import { mayMove } from "./areas.js";
import { showCardOfMany } from "./card.js";
import { NOT_KNOWN } from "./format.js";
import { paintLabels } from "./labels.js";
import { textOf } from "./records.js";
import { decodePoints, toLatLng } from "./shapes.js";
import { GROUP_DOT, dot, inkMark, outlineMark, sectorNamed } from "./symbols.js";

const CLUSTER_ABOVE = 150; // marks in view before any are put together
const CLUSTER_CELL_PX = 62;
const NO_CLUSTER_ZOOM = 16;

export function prepareMarks() {
  const assets = app.data.assets;
  app.marks.points = assets ? decodePoints(assets.points) : { x: new Float64Array(0), y: new Float64Array(0) };
  app.marks.shown = new Uint8Array(app.marks.points.x.length);
  app.marks.isMain = new Uint8Array(app.marks.points.x.length);
  app.marks.isGroup = new Uint8Array(app.marks.points.x.length);
  const { main, trial } = app.data;
  const measured = new Set(trial && trial.why_not === undefined ? trial.assets.rows : []); // kinds that count as the main type
  for (let row = 0; row < app.marks.isMain.length; row += 1) {
    const type = textOf(register().asset_type, row);
    app.marks.isMain[row] = main && (type === main || measured.has(row)) ? 1 : 0;
    app.marks.isGroup[row] = register().groups.includes(type) ? 1 : 0;
  }
  if (app.data.places) app.marks.places = decodePoints(app.data.places.points);
}

/** @param {number} row */
export const sectorOf = (row) => sectorNamed(textOf(register().sector, row));

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

/** Whether the layer on the map counts groups: then groups are what is drawn large. */
export const aboutGroups = () => currentLayer().group === "groups" && app.marks.isGroup.includes(1);

/**
 * Whether an asset is a small plain dot.
 * @param {number} row
 */
export const isDot = (row) => app.marks.plain && (aboutGroups() || !app.marks.isMain[row]);

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
  const dots = inView.filter(isDot);
  if (dots.length) {
    const marks = inView.filter((row) => !isDot(row));
    const apart = marks.length > CLUSTER_ABOVE && frame.zoom < NO_CLUSTER_ZOOM ? byCell(marks, frame, CLUSTER_CELL_PX) : sameSpot(marks, frame);
    return [...sameSpot(dots, frame).map((one) => ({ ...one, dot: true })), ...apart];
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
  const smallFirst = app.marks.clusters.slice().sort((a, b) => clusterWeight(a) - clusterWeight(b));
  let done = 0;
  for (const cluster of smallFirst) {
    if (cluster.dot) paintDot(context, cluster);
    else if (cluster.rows.length > 1) paintCluster(context, cluster);
    else paintMark(context, cluster.x, cluster.y, cluster.rows[0]);
    done += 1;
    if (done % 200 === 0) yield;
  }
  paintLabels(context, frame);
}

/** @param {Cluster} cluster */
const dotRadius = ({ rows }) => (rows.length > 1 ? 3.6 : 2.6) + (aboutGroups() && rows.some((row) => app.marks.isGroup[row]) ? 1.4 : 0);

/** @param {CanvasRenderingContext2D} context @param {Cluster} cluster */
function paintDot(context, cluster) {
  const group = aboutGroups() && cluster.rows.some((row) => app.marks.isGroup[row]);
  dot(context, cluster.x, cluster.y, dotRadius(cluster), group ? GROUP_DOT : undefined);
}

/**
 * How far a mark, circle or dot reaches from its middle.
 * @param {Cluster} cluster
 */
export const clusterReach = (cluster) =>
  (cluster.dot ? dotRadius(cluster) : cluster.rows.length > 1 ? clusterRadius(cluster) : markSize(cluster.rows[0]));

/** @param {Cluster} cluster */
const clusterWeight = (cluster) => (cluster.dot ? -1e9 : 0) + (cluster.rows.some((row) => app.marks.isMain[row]) ? 1e9 : 0) + cluster.rows.length;

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
const markSize = (row) => (app.marks.isMain[row] && !isBeyondBorder(row) ? 7.5 : 5);

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
    const reach = clusterReach(cluster) + (cluster.dot || cluster.rows.length > 1 ? 2 : 5);
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
