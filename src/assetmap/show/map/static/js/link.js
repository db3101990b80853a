// What the reader sees as the fragment of an address, and back. A link may come from anyone: what this map does not
// have is left out.

import { textOf } from "./records.js";

/**
 * @param {State} state
 * @param {{lat: number, lng: number, zoom: number}} at middle and zoom of the map
 * @param {Payload} data @param {Filter[]} filters
 */
export function writeFragment(state, at, data, filters) {
  const parts = new URLSearchParams();
  parts.set("layer", data.layers[state.layer].key);
  parts.set("at", `${at.lat.toFixed(4)},${at.lng.toFixed(4)},${Number(at.zoom.toFixed(2))}`);
  if (state.nine) parts.set("nine", "1");
  if (state.people) parts.set("people", "1");
  if (state.area >= 0) parts.set("area", data.areas.codes[state.area]);
  if (data.assets && state.asset >= 0) parts.set("asset", data.assets.ids[state.asset]);
  if (state.view === "table") parts.set("view", "table");
  for (const one of filters) {
    const all = filterWordsIn(data, one);
    const chosen = all.filter((word) => state[one.state].has(word));
    if (one.many && !chosen.length) continue;
    parts.set(one.state, one.many || chosen.length < all.length ? chosen.join("~") : "*");
  }
  for (const [key, open] of /** @type {[string, boolean][]} */ ([["closed", false], ["opened", true]])) {
    const rows = [...state.switched].filter(([, now]) => now === open).map(([row]) => data.assets?.ids[row]);
    if (rows.length) parts.set(key, rows.join("~"));
  }
  return `#${parts.toString()}`;
}

/**
 * @param {string} fragment with or without its "#"
 * @param {Payload} data @param {Filter[]} filters
 * @returns {{changes: Partial<State>, view: number[] | null, table: boolean}}
 */
export function readFragment(fragment, data, filters) {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  /** @type {Partial<State>} */
  const changes = {};
  const layer = data.layers.findIndex((one) => one.key === parts.get("layer") && one.kind !== "fact");
  if (layer >= 0) changes.layer = layer;
  if (parts.has("layer")) {
    changes.people = parts.get("people") === "1";
    changes.nine = parts.get("nine") === "1";
    changes.switched = readTrial(parts, data);
  }
  for (const one of filters) {
    if (one.many && parts.has("layer")) changes[one.state] = new Set();
    const wanted = parts.get(one.state);
    if (wanted === null) continue;
    const all = filterWordsIn(data, one);
    changes[one.state] = new Set(wanted === "*" ? all : wanted.split("~").filter((word) => all.includes(word)));
  }
  const asset = placeOf(data.assets ? data.assets.ids : [], parts.get("asset"));
  if (asset >= 0) changes.asset = asset;
  const area = placeOf(data.areas.codes, parts.get("area"));
  if (area >= 0) changes.area = area;
  const at = (parts.get("at") || "").split(",").map(Number);
  const view = at.length === 3 && at.every(Number.isFinite) && Math.abs(at[0]) < 86 ? at : null;
  return { changes, view, table: parts.get("view") === "table" };
}

/**
 * The trial of a link: sites that are published as open can be closed, all others opened.
 * @param {URLSearchParams} parts @param {Payload} data
 */
function readTrial(parts, data) {
  /** @type {Map<number, boolean>} */
  const switched = new Map();
  const { assets, trial } = data;
  if (!assets || !trial || trial.why_not !== undefined) return switched;
  for (const [key, open] of /** @type {[string, boolean][]} */ ([["closed", false], ["opened", true]])) {
    for (const id of (parts.get(key) || "").split("~")) {
      const row = placeOf(assets.ids, id);
      if (row >= 0 && trial.assets.rows.includes(row) && (textOf(assets.status, row) === "open") !== open) switched.set(row, open);
    }
  }
  return switched;
}

/** @param {Payload} data @param {Filter} one */
const filterWordsIn = (data, one) => data.assets?.[one.column]?.words || [];

/** @param {string[]} names @param {string | null} name */
const placeOf = (names, name) => (name === null ? -1 : names.indexOf(name));
