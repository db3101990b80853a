import assert from "node:assert/strict";
import test from "node:test";
import { readFragment, writeFragment } from "../../src/assetmap/show/map/static/js/link.js";
import { FILTERS, payload, state } from "./made.js";

const AT = { lat: 50.12345678, lng: -5.1, zoom: 9.25 };
const write = (changes, data = payload()) => writeFragment(state(changes), AT, data, FILTERS);
const read = (fragment, data = payload()) => readFragment(fragment, data, FILTERS);

test("what is written is read again", () => {
  const seen = {
    layer: 2, people: true, area: 1, asset: 2, types: new Set(["hall"]), operators: new Set(["unknown"]), statuses: new Set(["open", "closed"]),
    offers: new Set(["tent"]), nine: true, switched: new Map([[0, false]]),
  };
  const { changes, view, table } = read(write({ ...seen, view: "table" }));
  assert.deepEqual(changes, seen);
  assert.deepEqual(view, [50.1235, -5.1, 9.25]);
  assert.equal(table, true);
});

test("a choice of nothing, of some and of all are three different links", () => {
  const none = write({ types: new Set() });
  const all = write({ types: new Set(["library", "hall"]) });
  assert.match(none, /types=&/);
  assert.match(all, /types=\*/);
  assert.deepEqual([...read(none).changes.types], []);
  assert.deepEqual([...read(all).changes.types], ["library", "hall"]);
  assert.deepEqual([...read(write({})).changes.types], ["library"]);
});

test("a link of this map clears resources that it does not name", () => {
  assert.deepEqual(read(write({})).changes.offers, new Set());
  assert.equal(read("").changes.offers, undefined);
});

test("codes with signs of an address travel whole", () => {
  const data = payload();
  data.areas.codes[1] = "A&B=C#D %/é";
  assert.equal(read(write({ area: 1 }, data), data).changes.area, 1);
});

test("what this map does not have is left out", () => {
  const { changes, view, table } = read("#layer=__proto__&area=constructor&asset=toString&types=__proto__~hall~evil&view=javascript:alert(1)&at=NaN,0,9");
  assert.deepEqual(changes, { people: false, nine: false, switched: new Map(), offers: new Set(), types: new Set(["hall"]) });
  assert.deepEqual([view, table], [null, false]);
  assert.equal({}.evil, undefined);
});

test("a layer that is not drawn cannot be asked for", () => {
  assert.equal(read("#layer=why").changes.layer, undefined);
  assert.equal(read("#layer=gap").changes.layer, 2);
});

test("places that are no places are left out", () => {
  for (const at of ["", "1,2", "1,2,3,4", "x,y,z", "86,0,5", "-90,0,5", "Infinity,0,5", "1,2,NaN"]) {
    assert.equal(read(`#at=${at}`).view, null, at);
  }
  assert.deepEqual(read("#at=50,-5,9").view, [50, -5, 9]);
});

test("an empty or broken fragment changes nothing", () => {
  for (const fragment of ["", "#", "#%", "#&&&", "#=", "#area=&asset="]) {
    assert.deepEqual(read(fragment), { changes: {}, view: null, table: false }, fragment);
  }
});

test("a map without assets writes and reads no filter", () => {
  const data = { ...payload(), assets: undefined };
  const fragment = writeFragment(state({ asset: 3 }), AT, data, []);
  assert.equal(fragment, "#layer=distance&at=50.1235%2C-5.1000%2C9.25");
  assert.deepEqual(readFragment(fragment + "&types=library&asset=L1", data, []).changes, { layer: 0, people: false, nine: false, switched: new Map() });
});

test("a trial of several sites travels in the link, and only changes that can be tried come back", () => {
  const closed = new Map([[0, false], [1, false]]);
  const fragment = write({ switched: closed });
  assert.match(fragment, /closed=L1%7EL2/);
  assert.deepEqual(read(fragment).changes.switched, closed);
  const shut = payload();
  shut.assets.status.codes = [0, 1, 0];
  assert.deepEqual(read("#layer=gap&closed=L1~L2~H1~constructor&opened=L1~L2", shut).changes.switched, new Map([[0, false], [1, true]]));
  assert.deepEqual(read("#layer=gap&closed=L1", { ...payload(), trial: { why_not: "no" } }).changes.switched, new Map());
  assert.deepEqual(read(write({})).changes.switched, new Map());
});
