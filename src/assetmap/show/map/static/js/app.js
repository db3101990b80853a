// The data of the page, what the reader has chosen, and who is told when a choice changes.

import { labelIn, lookUp, smallInitial } from "./format.js";

/** @type {State} */
const state = {
  layer: 0,
  nine: false,
  people: false,
  area: -1,
  asset: -1,
  types: new Set(),
  operators: new Set(),
  statuses: new Set(),
  offers: new Set(),
  asks: new Set(),
  forms: new Set(),
  switched: new Map(),
  view: "map",
};

/** @type {App} */
export const app = /** @type {any} */ ({
  state,
  ready: false,
  trial: null,
  filters: [],
  cursor: -1,
  assetCursor: -1,
  marks: { clusters: [], labels: [], count: 0, plain: false },
  tried: [],
  table: { kind: "areas", sort: null, down: false, page: 0, wanted: "" },
});

/** @type {Record<string, string>} */
const GROUP_WORDS = { gaps: "Gaps", need: "Need and people", priorities: "Priorities", groups: "Groups", access: "Access", action: "Social action", devolution: "Devolution" };

/** @type {[string[], (changed: Set<string>) => void][]} */
const listeners = [];

/**
 * Change the state and tell everyone who listens which parts changed.
 * @param {Partial<State>} changes
 */
export function setState(changes) {
  Object.assign(app.state, changes);
  const changed = new Set(Object.keys(changes));
  for (const [keys, listener] of listeners) {
    if (keys.some((key) => changed.has(key))) listener(changed);
  }
}

/**
 * @param {string} keys parts of the state, with spaces between them
 * @param {(changed: Set<string>) => void} listener
 */
export function whenChanged(keys, listener) {
  listeners.push([keys.split(" "), listener]);
}

/**
 * @param {string} text gzip as base64
 * @returns {Promise<Payload>}
 */
export async function unpack(text) {
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

export const areaCount = () => app.data.areas.codes.length;

export const currentLayer = () => app.data.layers[app.state.layer];

/** The register; only called where the map has one. */
export const register = () => /** @type {Assets} */ (app.data.assets);

/**
 * A layer as the trial left it: the distance and gap layers change with it.
 * @param {LayerRecord} layer
 */
export const asTried = (layer) => (app.trial && app.trial.changed.get(layer.key)) || layer;

/** @param {string} key */
export const layerByKey = (key) => app.data.layers.find((layer) => layer.key === key);

/**
 * The label of a code; a code without one is written as words.
 * @param {LabelTable} table @param {string} key
 */
export const labelOf = (table, key) => labelIn(app.data.assets?.labels[table], key);

/** @param {string} type a kind of asset, many of them: "Libraries" */
export const labelOfMany = (type) => lookUp(app.data.assets?.labels.asset_type_plurals, type) || labelOf("asset_types", type);

/** What distances are measured to, as a word in a sentence: "library". */
export const siteWord = () => (app.data.main ? smallInitial(labelOf("asset_types", app.data.main)) : "asset");

/** The same for many of them: "libraries". */
export const siteWords = () => (app.data.main ? smallInitial(labelOfMany(app.data.main)) : "assets");

/** @param {(area: number) => boolean} test */
export function areasWhere(test) {
  const found = [];
  for (let area = 0; area < areaCount(); area += 1) if (test(area)) found.push(area);
  return found;
}

/**
 * Layers under the heading of their group, in the order of the map.
 * @param {(layer: LayerRecord) => boolean} wanted
 * @returns {[string, LayerRecord[]][]} name of the group and its layers
 */
export function layersByGroup(wanted) {
  /** @type {Map<string, LayerRecord[]>} */
  const groups = new Map();
  for (const layer of app.data.layers.filter(wanted)) groups.set(layer.group, [...(groups.get(layer.group) || []), layer]);
  return [...groups].map(([group, layers]) => [lookUp(GROUP_WORDS, group) || group, layers]);
}
