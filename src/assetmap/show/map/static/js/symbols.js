// The signs of the map: who runs a site is a shape and a colour; a plain dot is any other place.

import { el, pencil } from "./dom.js";
import { lookUp } from "./format.js";

/** @type {Record<string, Sector>} */
export const SECTORS = {
  council: { shape: "square", colour: "#0b5394", words: "run by the council" },
  town_or_parish_council: { shape: "circle", colour: "#d9480f", words: "run by a town or parish council" },
  community: { shape: "triangle", colour: "#00795a", words: "run by a community body" },
  public: { shape: "diamond", colour: "#6b3fa0", words: "run by another public body" },
  private: { shape: "cross", colour: "#8a1c4a", words: "run by a company" },
  unknown: { shape: "ring", colour: "#333d47", words: "kind of operator not known" },
  beyond_border: { shape: "wedge", colour: "#6b6b6b", words: "beyond the border" }, // whoever runs it
};

/** @param {string} name */
export const sectorNamed = (name) => lookUp(SECTORS, name) || SECTORS.unknown;

export const DOT = "#47525c";
export const GROUP_DOT = "#8a1c4a";

/**
 * A small plain dot: a place that the question on the map is not about.
 * @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius @param {string} [colour]
 */
export function dot(context, x, y, radius, colour = DOT) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = 1.4;
  context.strokeStyle = "#ffffff";
  context.stroke();
  context.fillStyle = colour;
  context.fill();
}

/** @param {string} [colour] @param {number} [radius] */
export function dotSwatch(colour = DOT, radius = 3.4) {
  const canvas = el("canvas", { width: 40, height: 40, class: "am-swatch", "aria-hidden": "true" });
  const context = pencil(canvas);
  context.scale(2, 2);
  dot(context, 10, 10, radius, colour);
  return canvas;
}

/**
 * Colour the outline that is the path of the canvas.
 * @param {CanvasRenderingContext2D} context @param {Sector} sector @param {boolean} open @param {number} x @param {number} y @param {number} size
 */
export function inkMark(context, sector, open, x, y, size) {
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
export function outlineMark(context, shape, x, y, size) {
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
