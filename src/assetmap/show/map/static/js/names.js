// Names that people know for neighbourhoods: "Ludlow Town (Shropshire 038B)" is Ludlow Town, and the code follows.

import { app } from "./app.js";
import { nearestRow } from "./shapes.js";

const WITH_CODE = /^(.+) \(([^()]*\d[^()]*)\)$/;

/** @param {string} name the known part of a name, or "" where it is only a code */
export const knownPart = (name) => WITH_CODE.exec(name)?.[1] || "";

/** @param {number} area */
export const nameOf = (area) => app.data.areas.names[area];

/** @param {number} area the name to write on the map */
export const knownName = (area) => knownPart(nameOf(area)) || nearestPlace(area) || nameOf(area);

/**
 * Name of an area with its code; where the name is only a code, with the town or village nearest to where its people live.
 * @param {number} area
 */
export function placedName(area) {
  const near = nearestPlace(area);
  return near && !knownPart(nameOf(area)) ? `${nameOf(area)} (near ${near})` : nameOf(area);
}

/** @param {number} area */
export function nearestPlace(area) {
  const { places } = app.marks;
  if (!places || !app.data.places) return "";
  const { middles } = app.areas;
  const row = nearestRow(middles.x[area], middles.y[area], places, places.x.keys());
  return row < 0 ? "" : app.data.places.names[row];
}

/**
 * Neighbourhoods that share a known name, with the middle of their people and the width of their land.
 * They are written on the map where no file gave places.
 * @param {string[]} names @param {Points} middles @param {(number | null)[]} people @param {Float64Array} box @param {boolean} hasPlaces
 * @returns {KnownPlace[]}
 */
export function groupKnown(names, middles, people, box, hasPlaces) {
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  names.forEach((name, area) => {
    const known = knownPart(name);
    if (known) groups.set(known, [...(groups.get(known) || []), area]);
  });
  return [...groups].map(([name, areas]) => {
    const weights = areas.map((area) => people[area] || 1);
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    /** @param {Float64Array} values */
    const mean = (values) => areas.reduce((sum, area, at) => sum + values[area] * weights[at], 0) / all;
    const west = Math.min(...areas.map((area) => box[area * 4]));
    const east = Math.max(...areas.map((area) => box[area * 4 + 2]));
    return { name, areas, x: mean(middles.x), y: mean(middles.y), width: east - west, written: !hasPlaces };
  });
}
