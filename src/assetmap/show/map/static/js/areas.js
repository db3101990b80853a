// Small areas on the map: coloured by the chosen layer, as land or as circles of people.

import { app, areaCount, currentLayer, layerByKey } from "./app.js";
import { pencil, safeColour } from "./dom.js";
import { drawnLayer, isSimple } from "./gaps.js";
import { isInView, paintGround, paintLines } from "./ground.js";
import { groupKnown } from "./names.js";
import { classOf, isKnown, isUnsure } from "./records.js";
import { decodePoints, decodeShapes, middleOf, shapeAt, toLatLng, toWorld, traceShape } from "./shapes.js";
import { splitMoved } from "./trial.js";

const LAND = "#eeece6";
const GROUPED = ["gap", "gap_score", "gap_cluster"]; // layers on which groups of widest gaps are outlined
const MOST_OUTLINED = 5000; // areas up to which the place as a whole gets an outline
const SEEN_BORDER_PX = 9; // areas of this mean width get a pale border; smaller ones are closed up in their own colour
export const LOST = "#c2255c"; // outline of the areas that lose in a trial
const CIRCLES_SHARE = 0.3; // of the land that all circles together cover

export function prepareAreas() {
  const areas = app.data.areas;
  const shapes = decodeShapes(areas.shapes);
  const count = areaCount();
  const centres = areas.centres ? decodePoints(areas.centres) : null;
  const middles = { x: new Float64Array(count), y: new Float64Array(count) };
  let land = 0;
  for (let area = 0; area < count; area += 1) {
    const middle = middleOf(shapes, area);
    land += Math.max(middle.size, 0);
    const known = centres && !Number.isNaN(centres.x[area]);
    middles.x[area] = known ? centres.x[area] : middle.x;
    middles.y[area] = known ? centres.y[area] : middle.y;
  }
  app.areas = {
    shapes, middles, land, count, known: groupKnown(areas.names, middles, areas.people, shapes.box, Boolean(app.data.places)),
    mean: Math.sqrt(land / Math.max(count, 1)),
    residents: areas.people.reduce((/** @type {number} */ sum, people) => sum + (people || 0), 0),
  };
}

/** @param {CanvasRenderingContext2D} context @param {string} line @param {string | null} ground */
function hatchPattern(context, line, ground) {
  const tile = document.createElement("canvas");
  tile.width = 6;
  tile.height = 6;
  const pen = pencil(tile);
  if (ground) {
    pen.fillStyle = ground;
    pen.fillRect(0, 0, 6, 6);
  }
  pen.strokeStyle = line;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return /** @type {CanvasPattern} */ (context.createPattern(tile, "repeat"));
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function* paintAreas(context, frame) {
  const layer = drawnLayer();
  yield* paintGround(context, frame);
  outlinePlace(context, frame);
  const byClass = groupByClass(layer, frame);
  if (app.state.people) {
    yield* paintShapes(context, frame, [].concat(...byClass.values()), LAND, "#ffffff");
    yield* paintLines(context, frame);
    yield* paintCircles(context, frame, layer);
    return;
  }
  const border = isSimple(currentLayer()) ? "#cfc9bb" : null;
  for (const [key, areas] of byClass) {
    const fill = key < 0 ? hatchPattern(context, "#8b8f94", "#ffffff") : safeColour(layer.colours[key]);
    yield* paintShapes(context, frame, areas, fill, seenBorders(frame) ? border : null);
  }
  yield* paintUnsure(context, frame, layer);
  yield* paintLines(context, frame);
}

/** @param {Frame} frame */
const seenBorders = (frame) => app.areas.mean * frame.scale >= SEEN_BORDER_PX;

/**
 * A dark line around the place as a whole: the outer half of a stroke that the areas then cover.
 * @param {CanvasRenderingContext2D} context @param {Frame} frame
 */
function outlinePlace(context, frame) {
  if (app.areas.count > MOST_OUTLINED) return;
  context.beginPath();
  for (let area = 0; area < app.areas.count; area += 1) {
    if (isInView(frame, app.areas.shapes.box, area * 4)) traceShape(context, app.areas.shapes, area, frame, 0.8);
  }
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = "#5d5a52";
  context.stroke();
}

/** @param {LayerRecord} layer @param {Frame} frame */
function groupByClass(layer, frame) {
  const groups = new Map();
  const box = app.areas.shapes.box;
  for (let area = 0; area < app.areas.count; area += 1) {
    if (!isInView(frame, box, area * 4)) continue;
    const key = classOf(layer, area);
    const group = groups.get(key < 0 ? -1 : key);
    if (group) group.push(area);
    else groups.set(key < 0 ? -1 : key, [area]);
  }
  return groups;
}

/**
 * Without a pale border the stroke has the colour of the area: small urban areas stay whole at every size.
 * @param {CanvasRenderingContext2D} context @param {Frame} frame @param {number[]} areas @param {any} fill @param {string | null} border
 */
function* paintShapes(context, frame, areas, fill, border) {
  const shapes = app.areas.shapes;
  const large = seenBorders(frame);
  context.fillStyle = fill;
  context.strokeStyle = border || (large ? "rgba(255,255,255,0.75)" : fill);
  context.lineWidth = large || border ? 0.6 : 0.9;
  context.lineJoin = "round";
  for (let done = 0; done < areas.length; done += 1) {
    const at = areas[done] * 4;
    const width = (shapes.box[at + 2] - shapes.box[at]) * frame.scale;
    const height = (shapes.box[at + 3] - shapes.box[at + 1]) * frame.scale;
    if (width < 1.6 && height < 1.6) {
      const x = shapes.box[at] * frame.scale - frame.left;
      const y = shapes.box[at + 1] * frame.scale - frame.top;
      context.fillRect(x - 0.3, y - 0.3, Math.max(width, 1) + 0.6, Math.max(height, 1) + 0.6);
    } else {
      context.beginPath();
      traceShape(context, shapes, areas[done], frame, 0.8);
      context.fill("evenodd");
      context.stroke();
    }
    if (done % 64 === 63) yield;
  }
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {LayerRecord} layer */
function* paintUnsure(context, frame, layer) {
  if (!layer.unreliable) return;
  context.fillStyle = hatchPattern(context, "rgba(255,255,255,0.85)", null);
  for (let area = 0; area < app.areas.count; area += 1) {
    if (!isUnsure(layer, area) || !isKnown(layer, area)) continue;
    if (!isInView(frame, app.areas.shapes.box, area * 4)) continue;
    context.beginPath();
    traceShape(context, app.areas.shapes, area, frame, 0.8);
    context.fill("evenodd");
    if (area % 64 === 63) yield;
  }
}

/** @param {number} area @param {number} scale */
export function circleRadius(area, scale) {
  const people = app.data.areas.people[area] || 0;
  const share = people / Math.max(app.areas.residents, 1);
  return Math.max(Math.sqrt((share * app.areas.land * CIRCLES_SHARE) / Math.PI) * scale, people ? 1.2 : 0);
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {LayerRecord} layer */
function* paintCircles(context, frame, layer) {
  const { middles, count } = app.areas;
  const unknown = hatchPattern(context, "#8b8f94", "#ffffff");
  const unsure = hatchPattern(context, "rgba(255,255,255,0.85)", null);
  const largestFirst = [...Array(count).keys()].sort(
    (a, b) => (app.data.areas.people[b] || 0) - (app.data.areas.people[a] || 0),
  );
  context.strokeStyle = "rgba(38,50,62,0.7)";
  context.lineWidth = 0.7;
  for (let done = 0; done < count; done += 1) {
    const area = largestFirst[done];
    const x = middles.x[area] * frame.scale - frame.left;
    const y = middles.y[area] * frame.scale - frame.top;
    const radius = circleRadius(area, frame.scale);
    if (x < -radius || y < -radius || x > frame.width + radius || y > frame.height + radius) continue;
    const known = isKnown(layer, area);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = known ? safeColour(layer.colours[classOf(layer, area)]) : unknown;
    context.fill();
    if (known && isUnsure(layer, area)) {
      context.fillStyle = unsure;
      context.fill();
    }
    context.stroke();
    if (done % 128 === 127) yield;
  }
}

/**
 * The area under a point of the map: its circle where circles are drawn, else its land.
 * @param {L.LatLng} latlng
 */
export function areaAt(latlng) {
  const [x, y] = toWorld(latlng.lng, latlng.lat);
  if (app.state.people) {
    const scale = 2 ** app.map.getZoom();
    let best = -1;
    for (let area = 0; area < app.areas.count; area += 1) {
      const away = Math.hypot(app.areas.middles.x[area] - x, app.areas.middles.y[area] - y) * scale;
      const better = best < 0 || (app.data.areas.people[area] || 0) < (app.data.areas.people[best] || 0);
      if (away <= circleRadius(area, scale) && better) best = area;
    }
    if (best >= 0) return best;
  }
  return shapeAt(app.areas.shapes, x, y);
}

/**
 * Outline of the groups of widest gaps that lie side by side, where a layer of gaps is shown.
 * @param {CanvasRenderingContext2D} context @param {Frame} frame
 */
function outlineGroups(context, frame) {
  const groups = layerByKey("gap_group")?.values;
  if (!groups || !GROUPED.includes(currentLayer().key) || isSimple(currentLayer())) return;
  context.beginPath();
  groups.forEach((group, area) => { if (group !== null) traceShape(context, app.areas.shapes, area, frame, 0.5); });
  context.lineJoin = "round";
  context.strokeStyle = "#111111";
  context.lineWidth = 6;
  context.stroke();
  // what lies inside is wiped away again: borders between two areas of a group are not its outline
  context.globalCompositeOperation = "destination-out";
  context.fill();
  context.globalCompositeOperation = "source-over";
}

/** Areas that the trial leaves further from an open site, or without one. */
export function losers() {
  const trial = app.data.trial;
  if (!app.trial || !app.state.switched.size || !trial || trial.why_not !== undefined) return [];
  const { gone, farther } = splitMoved(trial.metres, app.trial.metres, app.trial.moved);
  return [...gone, ...farther];
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
function outlineLosers(context, frame) {
  const lost = losers();
  if (!lost.length) return;
  context.beginPath();
  for (const area of lost) traceShape(context, app.areas.shapes, area, frame, 0.5);
  context.lineJoin = "round";
  for (const [stroke, line] of /** @type {[string, number][]} */ ([["#ffffff", 4.5], [LOST, 2.5]])) {
    context.strokeStyle = stroke;
    context.lineWidth = line;
    context.stroke();
  }
}

/**
 * Outline of the groups, and of the area that has the keyboard or whose card is open.
 * @param {CanvasRenderingContext2D} context @param {Frame} frame
 */
export function* paintOutline(context, frame) {
  outlineGroups(context, frame);
  outlineLosers(context, frame);
  for (const area of [app.state.area, app.cursor]) {
    if (area < 0) continue;
    context.lineJoin = "round";
    for (const [stroke, line] of /** @type {[string, number][]} */ ([["#ffffff", 5.5], ["#111111", 2.5]])) {
      context.strokeStyle = stroke;
      context.lineWidth = line;
      context.beginPath();
      traceShape(context, app.areas.shapes, area, frame, 0.5);
      context.stroke();
    }
  }
  yield;
}

/** @param {number} area @param {boolean} zoomIn */
export function showArea(area, zoomIn) {
  const box = app.areas.shapes.box.subarray(area * 4, area * 4 + 4);
  const bounds = L.latLngBounds(toLatLng(box[0], box[3]), toLatLng(box[2], box[1]));
  if (zoomIn) app.map.fitBounds(bounds.pad(1), { maxZoom: 12, animate: mayMove() });
  else if (!app.map.getBounds().contains(bounds.getCenter())) app.map.panTo(bounds.getCenter(), { animate: mayMove() });
}

export const mayMove = () => !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
