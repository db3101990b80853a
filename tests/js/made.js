// A map that can be counted by hand: four areas on a line, two libraries and a hall.

/** @param {string[]} words @param {number[]} codes */
export const coded = (words, codes) => ({ words, codes });

/** @param {Partial<Record<string, any>>} [changes] */
export const layer = (changes = {}) => ({
  key: "distance", label: "Distance", group: "access", kind: "number", unit: "km", decimals: 1, direction: "", description: "",
  sources: [], ranks: true, scheme: "", colours: ["#111111", "#222222", "#333333"], codes: "abc.", upper: [1, 2, 5],
  classes: [{ label: "up to 1", areas: 1, people: 100 }, { label: "1 to 2", areas: 1, people: null }, { label: "more", areas: 1, people: 300 }],
  unknown: { areas: 1, people: 400 }, values: [5, 15, 40, null], ...changes,
});

export const PEOPLE = [100, null, 300, 400];

export const SITES = new Map([[0, { x: 0, y: 0 }], [1, { x: 10000, y: 0 }]]);

export const assets = () => ({
  ids: ["L1", "L2", "H1"], names: ["West Library", "East Library", "Hall"], areas: [0, 3, -1], points: { x: [], y: [], decimals: 4 },
  asset_type: coded(["library", "hall"], [0, 0, 1]),
  status: coded(["open", "closed"], [0, 0, 1]),
  sector: coded(["council", "unknown"], [0, 0, 1]),
  offers: { words: ["minibus", "tent"], lists: [[0], [], [0, 1]] },
  labels: {},
});

/** @param {string} state @param {string} column @param {boolean} [many] */
const filter = (state, column, many) => ({ state, column, heading: "", words: String, many });

export const FILTERS = [
  filter("offers", "offers", true), filter("types", "asset_type"), filter("operators", "sector"), filter("statuses", "status"),
];

/** @param {Partial<Record<string, any>>} [changes] */
export const state = (changes = {}) => ({
  layer: 0, people: false, area: -1, asset: -1, types: new Set(["library"]), operators: new Set(["council", "unknown"]),
  statuses: new Set(["open"]), offers: new Set(), asks: new Set(), switched: new Map(), nine: false, view: "map", ...changes,
});

export const payload = () => ({
  layers: [layer(), layer({ key: "why", kind: "fact" }), layer({ key: "gap" })],
  areas: { codes: ["E1", "E2", "E3", "E4"], names: ["A", "B", "C", "D"], people: PEOPLE }, assets: assets(), sources: {}, notes: [], main: "library",
  trial: { type: "library", x: [], y: [], metres: [], assets: { rows: [0, 1], x: [0, 10000], y: [0, 0] }, access_upper: null },
});
