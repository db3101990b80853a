// What lies under and around the areas: neutral where nothing is known, neighbours, sea only where it is known, and
// roads and rivers where a file has them.

import { app } from "./app.js";
import { decodePoints, decodeShapes, measureBox, toWorld, traceLine, traceShape } from "./shapes.js";

const NEIGHBOURS = "#f7f4ee";
const SEA = "#dce7ee";
/** Kind, colour, width in pixels and words of the key. */
export const LINES = [["rivers", "#7fb0d3", 1.3, "Rivers"], ["roads", "#a98f66", 1.3, "Main roads"]];
const WIDER_FROM_ZOOM = 10;
const WIDEST = 3;

export function prepareGround() {
  const { land, around, lines, sea } = app.data;
  app.ground = {
    land: land && decodeShapes(land),
    sea: sea && [...toWorld(sea[0], sea[3]), ...toWorld(sea[2], sea[1])],
    lines: LINES.flatMap(([kind, colour, width]) => {
      const packed = lines?.[/** @type {"roads" | "rivers"} */ (kind)];
      return packed ? [{ shapes: decodeShapes({ ...packed, rings: packed.lengths.map(() => 1) }), colour: String(colour), width: Number(width) }] : [];
    }),
  };
  if (around) app.marks.around = decodePoints(around.points);
  if (lines?.names) app.marks.lines = decodePoints(lines.names.points);
  for (const { shapes } of app.ground.lines) for (let line = 0; line < shapes.box.length / 4; line += 1) measureBox(shapes, line);
}

/** @param {Frame} frame @param {Float64Array} box @param {number} at */
export const isInView = (frame, box, at) =>
  box[at + 2] * frame.scale >= frame.left && box[at] * frame.scale <= frame.left + frame.width &&
  box[at + 3] * frame.scale >= frame.top && box[at + 1] * frame.scale <= frame.top + frame.height;

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function* paintGround(context, frame) {
  const { land, sea } = app.ground;
  if (sea) {
    context.fillStyle = SEA;
    const [west, north, east, south] = sea.map((value, at) => value * frame.scale - (at % 2 ? frame.top : frame.left));
    context.fillRect(west, north, east - west, south - north);
  }
  if (!land) return;
  context.fillStyle = NEIGHBOURS;
  context.strokeStyle = "#c9c4b8";
  context.lineWidth = 0.8;
  for (let shape = 0; shape < land.box.length / 4; shape += 1) {
    if (!isInView(frame, land.box, shape * 4)) continue;
    context.beginPath();
    traceShape(context, land, shape, frame, 0.7);
    context.fill("evenodd");
    context.stroke();
    yield;
  }
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function* paintLines(context, frame) {
  context.lineJoin = "round";
  context.lineCap = "round";
  const wider = Math.min(WIDEST, 1 + Math.max(0, frame.zoom - WIDER_FROM_ZOOM) * 0.4);
  for (const { shapes, colour, width } of app.ground.lines) {
    context.beginPath();
    for (let line = 0; line < shapes.box.length / 4; line += 1) {
      if (isInView(frame, shapes.box, line * 4)) traceLine(context, shapes, line, frame, 0.8);
    }
    context.strokeStyle = "rgba(255, 255, 255, 0.85)"; // an edge, so that a line can be told from a border
    context.lineWidth = width * wider + 1.8;
    context.stroke();
    context.strokeStyle = colour;
    context.lineWidth = width * wider;
    context.stroke();
    yield;
  }
}
