// The arithmetic of a trial: which distances and classes change when a site opens or closes.

import { classOf, codesToText, sumPeople, withinRounded } from "./records.js";

const SAME_WITHIN_M = 2; // the page keeps whole metres

/**
 * The changes of a trial after one more: a site that is back at its published state is no change.
 * @param {Map<number, boolean>} switched @param {number} row @param {boolean} open @param {boolean} published
 */
export function switchSite(switched, row, open, published) {
  const changed = new Map(switched);
  if (open === published) changed.delete(row);
  else changed.set(row, open);
  return changed;
}

/**
 * Metres to the nearest open site in a straight line; null where none is open.
 * @param {number} x @param {number} y
 * @param {Map<number, {x: number, y: number}>} sites
 * @param {(row: number) => boolean} isOpen
 */
export function nearestOpen(x, y, sites, isOpen) {
  let best = null;
  for (const [row, at] of sites) {
    if (!isOpen(row)) continue;
    const away = Math.hypot(at.x - x, at.y - y);
    if (best === null || away < best) best = away;
  }
  return best;
}

/**
 * Measure every area again. The published distance stays wherever it does not change.
 * @param {{x: (number | null)[], y: (number | null)[], metres: (number | null)[]}} published
 * @param {Map<number, {x: number, y: number}>} sites
 * @param {(row: number) => boolean} isOpen
 * @returns {{metres: (number | null)[], moved: number[]}} distances now, and the areas whose distance changed
 */
export function measureAgain(published, sites, isOpen) {
  const metres = published.metres.slice();
  /** @type {number[]} */
  const moved = [];
  published.metres.forEach((before, area) => {
    if (before === null) return;
    const [x, y] = [published.x[area], published.y[area]];
    const now = x === null || y === null ? null : nearestOpen(x, y, sites, isOpen);
    if (now !== null && Math.abs(now - before) <= SAME_WITHIN_M) return;
    metres[area] = now;
    moved.push(area);
  });
  return { metres, moved };
}

/**
 * A layer with new class codes: areas and people of each class are counted again.
 * @param {LayerRecord} layer @param {number[]} codes @param {(number | null)[]} people
 * @param {Partial<LayerRecord>} [changes]
 * @returns {LayerRecord}
 */
export function recount(layer, codes, people, changes = {}) {
  /** @param {number} wanted */
  const count = (wanted) => {
    const found = [...codes.keys()].filter((area) => codes[area] === wanted);
    return { areas: found.length, people: sumPeople(found, people) };
  };
  return {
    ...layer, ...changes, codes: codesToText(codes), unknown: count(-1),
    classes: layer.classes.map((one, code) => ({ ...one, ...count(code) })),
  };
}

/**
 * The distance layer (kilometres) with the distances of the trial. Class bounds stay as published.
 * @param {LayerRecord} layer @param {(number | null)[]} metres @param {number[]} moved @param {(number | null)[]} people
 */
export function tryDistance(layer, metres, moved, people) {
  const values = (layer.values || []).slice();
  const codes = values.map((_value, area) => classOf(layer, area));
  const upper = layer.upper || [];
  for (const area of moved) {
    const now = metres[area];
    values[area] = now === null ? null : Math.round((now * 10 ** layer.decimals) / 1000);
    codes[area] = now === null ? -1 : Math.min(upper.filter((bound) => bound < now / 1000).length, upper.length - 1);
  }
  return recount(layer, codes, people, { values, within: withinRounded(values, metres) });
}

/**
 * The gap layer with the access classes of the trial.
 * @param {LayerRecord} layer
 * @param {number[]} accessUpper largest distance of high and of middle access (metres)
 * @param {(number | null)[]} metres @param {number[]} moved @param {(number | null)[]} people
 */
export function tryGap(layer, [high, middle], metres, moved, people) {
  const codes = people.map((_count, area) => classOf(layer, area));
  for (const area of moved) {
    if (codes[area] < 0) continue;
    const now = metres[area];
    const far = now === null || now > middle ? 2 : now > high ? 1 : 0;
    codes[area] = Math.floor(codes[area] / 3) * 3 + far;
  }
  return recount(layer, codes, people);
}

/**
 * Areas with no open site left, areas whose nearest open site is farther away, and areas whose is nearer.
 * @param {(number | null)[]} before @param {(number | null)[]} now @param {number[]} moved
 */
export function splitMoved(before, now, moved) {
  /** @type {{gone: number[], farther: number[], nearer: number[]}} */
  const split = { gone: [], farther: [], nearer: [] };
  for (const area of moved) {
    const [was, is] = [before[area], now[area]];
    if (is === null) split.gone.push(area);
    else if (was === null || is < was) split.nearer.push(area);
    else split.farther.push(area);
  }
  return split;
}

/**
 * Mean distance of areas, weighted by residents; where no residents are known every area counts the same.
 * @param {(number | null)[]} metres @param {number[]} areas @param {(number | null)[]} people
 */
export function meanMetres(metres, areas, people) {
  const residents = sumPeople(areas, people);
  /** @param {number} area */
  const weight = (area) => (residents ? people[area] || 0 : 1);
  return areas.reduce((sum, area) => sum + (metres[area] || 0) * weight(area), 0) / (residents || areas.length);
}
