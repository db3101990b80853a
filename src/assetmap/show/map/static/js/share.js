// Pass on what you see: a link, or a picture of the map with its question, key, scale and sources.

import { linkToView } from "./address.js";
import { app, currentLayer } from "./app.js";
import { announce, byId, el, pencil, safeColour } from "./dom.js";
import { comparedWith, drawnLayer, isSimple, questionWords, WORST } from "./gaps.js";
import { sourceLine, sourcesOf } from "./legend.js";
import { aboutGroups, isDot, isMarkedOpen, sectorOf } from "./marks.js";
import { headingSentences } from "./sentences.js";
import { DOT, GROUP_DOT, SECTORS, dot, inkMark, outlineMark } from "./symbols.js";
import { sentenceCase } from "./format.js";

const SHARPNESS = 2;
const LEAST_WIDTH = 640;
const EDGE = 16;

/**
 * The key of a layer in a few words; what is not known has no colour but stripes.
 * @param {LayerRecord} layer @param {boolean} simple @returns {{colour: string, words: string}[]}
 */
export function keyWords(layer, simple) {
  const unknown = layer.unknown.areas ? [{ colour: "", words: "not known" }] : [];
  if (simple) return [{ colour: layer.colours[WORST], words: `High need, low access ${comparedWith()}` }, ...unknown];
  return [...layer.classes.map((one, code) => ({ colour: layer.colours[code], words: one.label })), ...unknown];
}

/** Copy the link to this view; the button says whether that worked. */
export function copyLink() {
  const button = byId("am-copy-link");
  /** @param {string} words @param {string} sentence */
  const say = (words, sentence) => {
    button.textContent = words;
    announce(sentence);
    setTimeout(() => { button.textContent = "Copy this link"; }, 4000);
  };
  navigator.clipboard.writeText(linkToView()).then(() => say("Copied", "The link is copied."), () => {
    byId("am-link").focus(); // where the browser refuses, the link is selected for the reader to copy
    say("Press Ctrl+C to copy", "The link is selected: press Ctrl and C to copy it.");
  });
}

/** Save the map as it is in view as a PNG. */
export function savePicture() {
  for (const picture of app.pictures) picture.redraw(SHARPNESS, true);
  const canvas = drawPicture();
  for (const picture of app.pictures) picture.redraw();
  canvas.toBlob((blob) => {
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    el("a", { href: address, download: "map.png" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    announce("Saved map.png.");
  });
}

/** The map in view on one canvas, between its question and its key. */
export function drawPicture() {
  const size = app.map.getSize();
  const width = Math.max(size.x, LEAST_WIDTH);
  const measuring = pencil(document.createElement("canvas"));
  const head = [...linesOf(measuring, app.data.title, width, "500 14px", "#4d5b68"), ...linesOf(measuring, questionWords(currentLayer()), width, "650 20px", "#1b2733"),
    ...linesOf(measuring, headingSentences(), width, "400 14px", "#1b2733")];
  const key = keyRows(measuring, width);
  const foot = linesOf(measuring, footWords(), width, "400 11px", "#4d5b68");
  const top = EDGE + heightOf(head);
  const below = top + size.y + EDGE;
  const canvas = document.createElement("canvas");
  canvas.width = width * SHARPNESS;
  canvas.height = (below + key.height + heightOf(foot) + EDGE) * SHARPNESS;
  const context = pencil(canvas);
  context.scale(SHARPNESS, SHARPNESS);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  writeLines(context, head, EDGE / 2);
  drawMap(context, (width - size.x) / 2, top, size);
  key.draw(context, below);
  writeLines(context, foot, below + key.height);
  return canvas;
}

/** @param {CanvasRenderingContext2D} context @param {number} left @param {number} top @param {L.Point} size */
function drawMap(context, left, top, size) {
  context.save();
  context.beginPath();
  context.rect(left, top, size.x, size.y);
  context.clip();
  context.fillStyle = getComputedStyle(document.body).getPropertyValue("--unknown") || "#e9e7e2";
  context.fillRect(left, top, size.x, size.y);
  for (const picture of app.pictures) {
    const { canvas, frame } = picture.painted();
    if (frame) context.drawImage(canvas, left - frame.margin.x, top - frame.margin.y, frame.width, frame.height);
  }
  drawScale(context, left + 12, top + size.y - 14, size);
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {L.Point} size */
function drawScale(context, x, y, size) {
  const across = app.map.distance(app.map.containerPointToLatLng([0, size.y / 2]), app.map.containerPointToLatLng([100, size.y / 2]));
  const power = 10 ** Math.floor(Math.log10(across));
  const round = [5, 2, 1].map((step) => step * power).find((one) => one <= across) || power;
  const words = round >= 1000 ? `${round / 1000} km` : `${round} m`;
  context.strokeStyle = "#1b2733";
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x, y - 5);
  context.lineTo(x, y);
  context.lineTo(x + (100 * round) / across, y);
  context.lineTo(x + (100 * round) / across, y - 5);
  context.stroke();
  context.font = "500 12px system-ui, sans-serif";
  context.fillStyle = "#1b2733";
  context.textAlign = "left";
  context.fillText(words, x + 5, y - 5);
}

/** @typedef {{words: string, font: string, colour: string, height: number}} Line */

/** @param {CanvasRenderingContext2D} context @param {string} words @param {number} width @param {string} font @param {string} colour @returns {Line[]} */
function linesOf(context, words, width, font, colour) {
  context.font = `${font} system-ui, sans-serif`;
  const height = Math.round(Number(/(\d+)px/.exec(font)?.[1]) * 1.35);
  /** @type {Line[]} */
  const lines = [];
  let line = "";
  for (const word of words.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && context.measureText(longer).width > width - 2 * EDGE) {
      lines.push({ words: line, font, colour, height });
      line = word;
    } else line = longer;
  }
  if (line) lines.push({ words: line, font, colour, height });
  return lines.slice(0, 12);
}

/** @param {Line[]} lines */
const heightOf = (lines) => lines.reduce((sum, { height }) => sum + height, 0);

/** @param {CanvasRenderingContext2D} context @param {Line[]} lines @param {number} top */
function writeLines(context, lines, top) {
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  let y = top;
  for (const { words, font, colour, height } of lines) {
    y += height;
    context.font = `${font} system-ui, sans-serif`;
    context.fillStyle = colour;
    context.fillText(words, EDGE, y - height * 0.25);
  }
}

/** @returns {{words: string, sign: (context: CanvasRenderingContext2D, x: number, y: number) => void}[]} colours of the areas, then the marks */
function keyItems() {
  const layer = drawnLayer();
  const boxes = keyWords(layer, isSimple(layer)).map(({ colour, words }) => ({ words, sign: (/** @type {CanvasRenderingContext2D} */ context, /** @type {number} */ x, /** @type {number} */ y) => {
    context.fillStyle = colour ? safeColour(colour) : "#ffffff";
    context.fillRect(x, y - 6, 16, 12);
    context.lineWidth = 1;
    context.strokeStyle = "#5d5a52";
    context.strokeRect(x, y - 6, 16, 12);
  } }));
  const rows = [...app.marks.shown.keys()].filter((row) => app.marks.shown[row]);
  const marks = Object.values(SECTORS).filter((sector) => rows.some((row) => !isDot(row) && sectorOf(row) === sector)).map((sector) => ({
    words: sentenceCase(sector.words), sign: (/** @type {CanvasRenderingContext2D} */ context, /** @type {number} */ x, /** @type {number} */ y) => {
      outlineMark(context, sector.shape, x + 8, y, 6);
      inkMark(context, sector, true, x + 8, y, 6);
    },
  }));
  const closed = rows.some((row) => !isDot(row) && !isMarkedOpen(row)) ? [{ words: "Crossed out: not open", sign: (/** @type {CanvasRenderingContext2D} */ context, /** @type {number} */ x, /** @type {number} */ y) => {
    outlineMark(context, "ring", x + 8, y, 6);
    inkMark(context, SECTORS.unknown, false, x + 8, y, 6);
  } }] : [];
  /** @param {string} words @param {string} colour */
  const dots = (words, colour) => ({ words, sign: (/** @type {CanvasRenderingContext2D} */ context, /** @type {number} */ x, /** @type {number} */ y) => dot(context, x + 8, y, 3.4, colour) });
  const plain = rows.some((row) => isDot(row) && !(aboutGroups() && app.marks.isGroup[row])) ? [dots("Other places", DOT)] : [];
  const groups = rows.some((row) => isDot(row) && aboutGroups() && app.marks.isGroup[row]) ? [dots("Groups on the lists", GROUP_DOT)] : [];
  return [...boxes, ...marks, ...closed, ...groups, ...plain];
}

/** @param {CanvasRenderingContext2D} measuring @param {number} width */
function keyRows(measuring, width) {
  const font = "400 13px system-ui, sans-serif";
  measuring.font = font;
  let [x, y] = [EDGE, 10];
  const placed = keyItems().map((item) => {
    const wide = 22 + measuring.measureText(item.words).width + 18;
    if (x + wide > width - EDGE && x > EDGE) [x, y] = [EDGE, y + 22];
    const at = { ...item, x, y };
    x += wide;
    return at;
  });
  return {
    height: y + 18,
    /** @param {CanvasRenderingContext2D} context @param {number} top */
    draw(context, top) {
      for (const { words, sign, x: left, y: down } of placed) {
        sign(context, left, top + down);
        context.font = font;
        context.textAlign = "left";
        context.textBaseline = "middle";
        context.fillStyle = "#1b2733";
        context.fillText(words, left + 22, top + down);
      }
    },
  };
}

function footWords() {
  const attributions = [...new Set(Object.values(app.data.sources).flatMap((source) => (source.attribution || "").split(/(?<=\.)\s+(?=[A-Z])/)))].filter(Boolean);
  const day = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const internal = app.data.audience === "internal" ? [byId("am-audience").textContent] : [];
  return [...internal, `Picture of ${day}.`, ...sourcesOf(currentLayer()).map((source) => `${sourceLine(source)}.`), ...attributions].join(" ");
}
