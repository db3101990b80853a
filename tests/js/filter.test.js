import assert from "node:assert/strict";
import test from "node:test";
import { chooseWords, openingStatuses, openingTypes, passesFilter, sameSet, switchHalf } from "../../src/assetmap/show/map/static/js/filter.js";
import { assets, coded, FILTERS, state } from "./made.js";

const every = new Set(["library", "hall"]);
const opening = new Set(["library"]);
const [offers, types] = FILTERS;
const rowsOf = (chosen) => [0, 1, 2].filter((row) => passesFilter(row, FILTERS, assets(), chosen));
const choose = (one, words, chosen, widened = false) => chooseWords(one, words, { filters: FILTERS, chosen, opening, every, widened });

test("a row must pass every filter; with no resource chosen it need have none", () => {
  assert.deepEqual(rowsOf(state()), [0, 1]);
  assert.deepEqual(rowsOf(state({ types: every, statuses: new Set(["open", "closed"]) })), [0, 1, 2]);
  assert.deepEqual(rowsOf(state({ types: new Set() })), []);
});

test("of many resources any chosen one will do", () => {
  const all = { types: every, statuses: new Set(["open", "closed"]) };
  assert.deepEqual(rowsOf(state({ ...all, offers: new Set(["minibus"]) })), [0, 2]);
  assert.deepEqual(rowsOf(state({ ...all, offers: new Set(["tent", "minibus"]) })), [0, 2]);
  assert.deepEqual(rowsOf(state({ ...all, offers: new Set(["tent"]) })), [2]);
  assert.deepEqual(rowsOf(state({ ...all, offers: new Set(["boat"]) })), []);
});

test("words such as __proto__ are words", () => {
  const odd = { ...assets(), asset_type: coded(["__proto__", "constructor"], [0, 1, 0]) };
  const rows = (word) => [0, 1, 2].filter((row) => passesFilter(row, [types], odd, state({ types: new Set([word]) })));
  assert.deepEqual(rows("__proto__"), [0, 2]);
  assert.deepEqual(rows("constructor"), [1]);
  assert.deepEqual(rows("toString"), []);
});

test("a map opens with the type that distances go to, else with all, and without what is closed", () => {
  assert.deepEqual([...openingTypes(assets(), "library")], ["library"]);
  assert.deepEqual([...openingTypes(assets(), undefined)], ["library", "hall"]);
  assert.deepEqual([...openingStatuses(assets())], ["open"]);
  assert.deepEqual([...openingStatuses({ ...assets(), status: coded(["closed"], [0, 0, 0]) })], ["closed"]);
});

test("the first resource chosen shows every type, the last one cleared brings back the opening ones", () => {
  const first = choose(offers, ["minibus"], state());
  assert.deepEqual([[...first.changes.offers], [...first.changes.types]], [["minibus"], ["library", "hall"]]);
  assert.deepEqual([first.widened, first.justWidened], [true, true]);
  const chosen = state({ offers: first.changes.offers, types: first.changes.types });
  const second = choose(offers, ["minibus", "tent"], chosen, true);
  assert.deepEqual([second.changes.types, second.widened, second.justWidened], [undefined, true, false]);
  const cleared = choose(offers, [], chosen, true);
  assert.deepEqual([[...cleared.changes.types], cleared.widened], [["library"], false]);
});

test("types that a reader chose meanwhile stay", () => {
  const own = state({ types: new Set(["hall"]) });
  assert.equal(choose(offers, ["minibus"], own).changes.types, undefined);
  const cleared = choose(offers, [], { ...own, offers: new Set(["minibus"]) }, true);
  assert.deepEqual([cleared.changes.types, cleared.widened], [undefined, false]);
  assert.deepEqual(Object.keys(choose(types, ["hall"], state(), true).changes), ["types"]);
});

test("sets are the same whatever their order", () => {
  assert.ok(sameSet(new Set(["a", "b"]), new Set(["b", "a"])));
  assert.ok(!sameSet(new Set(["a"]), new Set(["a", "b"])));
  assert.ok(!sameSet(new Set(["a", "c"]), new Set(["a", "b"])));
});

test("each half of the places can be switched off and on", () => {
  const every = ["library", "hall", "choir"];
  assert.deepEqual(switchHalf(new Set(every), every, "library", "others"), new Set(["library"]));
  assert.deepEqual(switchHalf(new Set(every), every, "library", "main"), new Set(["hall", "choir"]));
  assert.deepEqual(switchHalf(new Set(["hall"]), every, "library", "others"), new Set());
  assert.deepEqual(switchHalf(new Set(), every, "library", "others"), new Set(["hall", "choir"]));
  assert.deepEqual(switchHalf(new Set(["hall"]), every, "library", "main"), new Set(["hall", "library"]));
});
