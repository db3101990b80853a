// Names on the map: the widest gaps, towns, sites and neighbourhoods, the most important first, none over another.

import { app, currentLayer, register } from "./app.js";
import { furthestInNeed, isSimple, widestGaps } from "./gaps.js";
import { clusterReach, isBeyondBorder } from "./marks.js";
import { knownName } from "./names.js";

const MOST_SITES = 60; // sites in view that get a name
const PLACE_FROM_ZOOM = [0, 8.2, 10, 10.8, 12];
const LINES_FROM_ZOOM = 9.5;
const NUMBER_PX = 10;
const RINGS_PX = [0, 18, 26, 34, 44, 56, 70];
const LONGEST = 60;

/** @type {Record<string, {font: string, colour: string}>} */
const STYLES = {
  gap: { font: "650 12.5px", colour: "#3a2340" },
  place0: { font: "600 15px", colour: "#1b2733" },
  place1: { font: "600 13px", colour: "#1b2733" },
  place2: { font: "500 12px", colour: "#1b2733" },
  place3: { font: "500 11.5px", colour: "#1b2733" },
  place4: { font: "500 11px", colour: "#1b2733" },
  site: { font: "500 12px", colour: "#0b3a66" },
  area: { font: "500 11.5px", colour: "#3f4a54" },
  around: { font: "italic 500 12.5px", colour: "#6a665c" },
  roads: { font: "600 10.5px", colour: "#6d5529" },
  rivers: { font: "italic 500 11.5px", colour: "#2f6690" },
};

/**
 * Find a free spot for each label: above, below, right or left of its point (or on it), the first that covers nothing.
 * @param {Label[]} labels the most important first @param {number[][]} taken boxes that must stay free
 * @param {{width: number, height: number, margin: {x: number, y: number}}} frame
 * @param {number[][]} [lesser] boxes that stay free where that is possible
 * @returns {PlacedLabel[]}
 */
export function placeLabels(labels, taken, frame, lesser = []) {
  const full = taken.slice();
  /** @type {PlacedLabel[]} */
  const placed = [];
  for (const label of labels) {
    if (label.style === "gap" && placed.some(({ text }) => text === label.text)) continue;
    const box = freeSpot(label, [...full, ...lesser], frame) || freeSpot(label, full, frame);
    if (!box) continue;
    full.push(box);
    placed.push({ ...label, box });
  }
  return placed;
}

/** @param {Label} label @param {number[][]} taken @param {{width: number, height: number, margin: {x: number, y: number}}} frame */
function freeSpot({ x, y, width, gap }, taken, { margin, width: right, height: bottom }) {
  if (!(x > 0 && y > 0 && x < right && y < bottom)) return null;
  const half = width / 2;
  const spots = gap === 0 ? [[0, 0]] : [[0, -gap - 8], [half + gap + 2, 0], [-half - gap - 2, 0], [0, gap + 8]];
  for (const [dx, dy] of spots) {
    const box = [x + dx - half, y + dy - 8, x + dx + half, y + dy + 8];
    const inSight = box[0] > margin.x && box[1] > margin.y && box[2] < right - margin.x && box[3] < bottom - margin.y;
    const cutOff = !inSight && x > margin.x && x < right - margin.x && y > margin.y && y < bottom - margin.y;
    if (!cutOff && !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return box;
  }
  return null;
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function paintLabels(context, frame) {
  const numbers = numberedGaps(frame);
  const [lesser, taken] = [true, false].map((less) => app.marks.clusters.filter(({ rows, dot }) => (dot || rows.every(isBeyondBorder)) === less)
    .map((cluster) => boxAround(cluster.x, cluster.y, clusterReach(cluster))));
  taken.push(...numbers.map(({ x, y }) => boxAround(x, y, NUMBER_PX + 1)));
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  /** @param {{x: number, y: number, text: string, style: string, gap: number}[]} some @returns {Label[]} */
  const measured = (some) => some.map((one) => {
    context.font = `${STYLES[one.style].font} system-ui, sans-serif`;
    const text = one.text.slice(0, LONGEST);
    return { ...one, text, width: context.measureText(text).width + 6 };
  });
  // the worst places are what the map is about: marks beyond the border and plain dots give way to their names and those of towns
  const named = placeLabels(measured([...gapLabels(numbers), ...furthestLabel(frame, numbers.length)]), taken, frame, lesser);
  const gaps = firstIsNamed(numbers, named, frame) ? named : [];
  taken.push(...gaps.map(({ box }) => box));
  const towns = placeLabels(measured(placeNames(frame)), taken, frame, lesser);
  const first = [...gaps, ...towns];
  taken.push(...lesser, ...towns.map(({ box }) => box));
  const drawn = new Set(first.map(({ text }) => text));
  const second = placeLabels(measured([...siteLabels(frame, first, drawn), ...areaNames(frame, drawn), ...lineNames(frame), ...aroundNames(frame)]), taken, frame);
  for (const label of [...first, ...second]) drawLabel(context, label);
  for (const one of numbers) drawLeader(context, one);
  for (const one of numbers) drawNumber(context, one);
  app.marks.labels = [...first, ...second];
}

/** @param {number} x @param {number} y @param {number} reach */
const boxAround = (x, y, reach) => [x - reach, y - reach, x + reach, y + reach];

/** @param {Points} points @param {number} row @param {Frame} frame */
const onFrame = (points, row, frame) => ({ x: points.x[row] * frame.scale - frame.left, y: points.y[row] * frame.scale - frame.top });

/** @param {Frame} frame */
function numberedGaps(frame) {
  if (!isSimple(currentLayer())) return [];
  const marks = app.marks.clusters.filter(({ dot }) => !dot).map((cluster) => ({ x: cluster.x, y: cluster.y, reach: clusterReach(cluster) }));
  /** @type {{area: number, rank: number, x: number, y: number, reach: number, from: {x: number, y: number}}[]} */
  const placed = [];
  for (const { area, rank } of widestGaps()) {
    const from = onFrame(app.areas.middles, area, frame);
    placed.push({ area, rank, from, reach: NUMBER_PX + 1, ...freeSpotBeside(from, placed, marks, frame) });
  }
  return placed;
}

/**
 * The nearest spot on rings around a point where a number covers no other number and no mark; where marks are everywhere, no other number.
 * @param {{x: number, y: number}} from @param {Spot[]} numbers @param {Spot[]} marks
 * @param {{width: number, height: number, margin: {x: number, y: number}}} frame
 */
export function freeSpotBeside(from, numbers, marks, { width, height, margin }) {
  const spots = RINGS_PX.flatMap((away) => Array.from({ length: away ? 12 : 1 }, (_, turn) =>
    ({ x: from.x + away * Math.cos((turn * Math.PI) / 6), y: from.y + away * Math.sin((turn * Math.PI) / 6) })));
  /** @param {{x: number, y: number}} spot @param {Spot[]} others */
  const isFree = (spot, others) => others.every(({ x, y, reach }) => Math.hypot(x - spot.x, y - spot.y) > reach + NUMBER_PX + 1);
  const edge = NUMBER_PX + 2;
  /** @param {{x: number, y: number}} spot */
  const inSight = ({ x, y }) => x > margin.x + edge && y > margin.y + edge && x < width - margin.x - edge && y < height - margin.y - edge;
  const apart = spots.filter((spot) => isFree(spot, numbers));
  return apart.find((spot) => (inSight(spot) || spot === spots[0]) && isFree(spot, marks)) || apart[0] || from;
}

/** @param {{area: number, x: number, y: number}[]} numbers several gaps may share a name: it is written once, at the first that has room */
const gapLabels = (numbers) => numbers.map(({ area, x, y }) => ({ x, y, text: knownName(area), style: "gap", gap: NUMBER_PX + 1 }));

/**
 * Whether the widest gap has its name on the map, or is out of sight: the only name beside a number is taken for the worst place.
 * @param {{area: number, x: number, y: number}[]} numbers @param {PlacedLabel[]} placed @param {Frame} frame
 */
function firstIsNamed([first], placed, { width, height }) {
  if (!first || first.x < 0 || first.y < 0 || first.x > width || first.y > height) return true;
  return placed.some(({ text }) => text === knownName(first.area).slice(0, LONGEST));
}

/**
 * Where there is no wide gap, the neighbourhood that the sentence names.
 * @param {Frame} frame @param {number} numbers
 */
function furthestLabel(frame, numbers) {
  const area = numbers || !isSimple(currentLayer()) ? -1 : furthestInNeed();
  return area < 0 ? [] : [{ ...onFrame(app.areas.middles, area, frame), text: knownName(area), style: "gap", gap: 0 }];
}

/** @param {Frame} frame */
function placeNames(frame) {
  const { places } = app.data;
  const points = app.marks.places;
  if (!places || !points) return [];
  return [...places.names.keys()].filter((row) => frame.zoom >= PLACE_FROM_ZOOM[Math.min(places.rank[row], 4)])
    .map((row) => ({ ...onFrame(points, row, frame), text: places.names[row], style: `place${Math.min(places.rank[row], 4)}`, gap: 9 }));
}

/** @param {string} name a name as it is compared with another: "St. Just" is "St Just" */
const bare = (name) => name.replace(/[^\p{L}]/gu, "").toLowerCase();

/**
 * Names of the sites that the question is about, unless the name of their town is written there already.
 * @param {Frame} frame @param {PlacedLabel[]} first @param {Set<string>} drawn
 */
function siteLabels(frame, first, drawn) {
  const sites = app.marks.clusters.filter(({ rows, dot }) => rows.length === 1 && !dot && app.marks.isMain[rows[0]] && !isBeyondBorder(rows[0]));
  if (sites.length > MOST_SITES) return [];
  return sites.map(({ rows, x, y }) => ({ x, y, text: register().names[rows[0]], style: "site", gap: 9 }))
    .filter((site) => !drawn.has(site.text) && (frame.zoom >= 12.5 || !first.some((other) =>
      other.style.startsWith("place") && bare(site.text).startsWith(bare(other.text)) && Math.hypot(other.x - site.x, other.y - site.y) < 60)));
}

/**
 * Names of neighbourhoods where no file gave places: each once, as soon as its neighbourhoods are large enough to hold it.
 * @param {Frame} frame @param {Set<string>} drawn
 */
function areaNames(frame, drawn) {
  return app.areas.known.filter(({ name, width, written }) => written && !drawn.has(name) && width * frame.scale > name.length * 7)
    .map(({ name, x, y }) => ({ x: x * frame.scale - frame.left, y: y * frame.scale - frame.top, text: name, style: "area", gap: 0 }));
}

/** @param {Frame} frame */
function aroundNames(frame) {
  const { around } = app.data;
  const points = app.marks.around;
  if (!around || !points) return [];
  return around.names.map((text, row) => ({ ...onFrame(points, row, frame), text, style: "around", gap: 0 }));
}

/** @param {Frame} frame numbers of roads and names of rivers, on their lines */
function lineNames(frame) {
  const names = app.data.lines?.names;
  const points = app.marks.lines;
  if (!names || !points || frame.zoom < LINES_FROM_ZOOM) return [];
  return names.names.map((text, row) => ({ ...onFrame(points, row, frame), text, style: names.kinds[row], gap: 0 }));
}

/** @param {CanvasRenderingContext2D} context @param {PlacedLabel} label */
function drawLabel(context, { box, text, style }) {
  const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  context.font = `${STYLES[style].font} system-ui, sans-serif`;
  context.lineWidth = 3.5;
  context.strokeStyle = "rgba(255,255,255,0.92)";
  context.strokeText(text, x, y);
  context.fillStyle = STYLES[style].colour;
  context.fillText(text, x, y);
}

/** @param {CanvasRenderingContext2D} context @param {{x: number, y: number, from: {x: number, y: number}}} one */
function drawLeader(context, { x, y, from }) {
  if (x === from.x && y === from.y) return;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(x, y);
  context.strokeStyle = "#3a2340";
  context.lineWidth = 4.5;
  context.stroke();
  context.strokeStyle = "#ffffff";
  context.lineWidth = 2;
  context.stroke();
}

/**
 * White on dark, so that nobody takes a rank for a count of sites, which is dark on white.
 * @param {CanvasRenderingContext2D} context @param {{x: number, y: number, rank: number}} one
 */
function drawNumber(context, { x, y, rank }) {
  context.beginPath();
  context.arc(x, y, NUMBER_PX, 0, 2 * Math.PI);
  context.fillStyle = "#3a2340";
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = "#ffffff";
  context.stroke();
  context.fillStyle = "#ffffff";
  context.font = "700 11.5px system-ui, sans-serif";
  context.fillText(String(rank), x, y + 0.5);
}
