import assert from "node:assert/strict";
import test from "node:test";
import { measureAgain, meanMetres, nearestOpen, recount, splitMoved, switchSite, tryDistance, tryGap } from "../../src/assetmap/show/map/static/js/trial.js";
import { layer, PEOPLE, SITES } from "./made.js";

const published = { x: [0, 4000, 9000, null], y: [0, 3000, 0, null], metres: [0, 5000, 1000, null] };
const open = (...rows) => (row) => rows.includes(row);

test("a switch that brings a site back to its published state is no change", () => {
  const closed = switchSite(new Map(), 1, false, true);
  assert.deepEqual([...closed], [[1, false]]);
  assert.deepEqual([...switchSite(closed, 1, true, true)], []);
  assert.deepEqual([...closed], [[1, false]], "the choices before are left alone");
});

test("the nearest open site is a straight line away, and null when none is open", () => {
  assert.equal(nearestOpen(4000, 3000, SITES, open(0, 1)), 5000);
  assert.equal(nearestOpen(4000, 3000, SITES, open(1)), Math.hypot(6000, 3000));
  assert.equal(nearestOpen(0, 0, SITES, open()), null);
  assert.equal(nearestOpen(0, 0, new Map(), open(0)), null);
});

test("with nothing changed every published distance stays", () => {
  assert.deepEqual(measureAgain(published, SITES, open(0, 1)), { metres: published.metres, moved: [] });
});

test("two metres of rounding are no change, three are", () => {
  const rounded = { x: [0, 0], y: [0, 0], metres: [2, 3] };
  assert.deepEqual(measureAgain(rounded, SITES, open(0)), { metres: [2, 0], moved: [1] });
});

test("closing a site moves the areas that went to it; areas without a distance stay without", () => {
  const { metres, moved } = measureAgain(published, SITES, open(0));
  assert.deepEqual(metres, [0, 5000, 9000, null]);
  assert.deepEqual(moved, [2]);
  assert.deepEqual(published.metres, [0, 5000, 1000, null], "the published distances are left alone");
});

test("closing every site leaves nobody with one", () => {
  const { metres, moved } = measureAgain(published, SITES, open());
  assert.deepEqual(metres, [null, null, null, null]);
  assert.deepEqual(splitMoved(published.metres, metres, moved), { gone: [0, 1, 2], farther: [], nearer: [] });
});

test("areas are split into gone, farther and nearer", () => {
  assert.deepEqual(splitMoved([10, 10, 10], [null, 20, 5], [0, 1, 2]), { gone: [0], farther: [1], nearer: [2] });
});

test("means are weighted by residents; unknown residents do not count, and without any all areas count the same", () => {
  assert.equal(meanMetres([1000, 2000, 4000, 0], [0, 2], PEOPLE), (1000 * 100 + 4000 * 300) / 400);
  assert.equal(meanMetres([1000, 9000], [0, 1], PEOPLE), 1000);
  assert.equal(meanMetres([1000, 3000], [0, 1], [null, null]), 2000);
  assert.equal(meanMetres([1000, 3000], [0, 1], [0, 0]), 2000);
});

test("recounting gives areas and residents of each class, null residents where none is known", () => {
  const again = recount(layer(), [2, 0, 2, -1], PEOPLE);
  assert.equal(again.codes, "cac.");
  assert.deepEqual(again.classes.map((one) => [one.areas, one.people]), [[1, null], [0, 0], [2, 400]]);
  assert.deepEqual(again.unknown, { areas: 1, people: 400 });
});

test("a distance on a class bound is in the lower class; one beyond all bounds is in the last", () => {
  const moved = tryDistance(layer(), [1000, 1001, 90000, null], [0, 1, 2], PEOPLE);
  assert.equal(moved.codes, "abc.");
  assert.deepEqual(moved.values, [10, 10, 900, null]);
  assert.deepEqual(moved.within, [1, 0, 0, 0], "1,001 m is further than 1,000 m, though both are written 1.0 km");
  const gone = tryDistance(layer(), [null, 1500, 4000, null], [0], PEOPLE);
  assert.equal(gone.codes, ".bc.");
  assert.deepEqual(gone.values, [null, 15, 40, null]);
  assert.deepEqual(gone.unknown, { areas: 2, people: 500 });
});

test("gap classes keep their need and change their access", () => {
  const gap = layer({ codes: "ai.e", values: undefined, classes: Array.from({ length: 9 }, () => ({ label: "", areas: 0, people: 0 })) });
  assert.equal(tryGap(gap, [1000, 3000], [3001, 1000, 50, 3000], [0, 1, 2, 3], PEOPLE).codes, "cg.e");
  assert.equal(tryGap(gap, [1000, 3000], [null, 1, 1, 1], [0], PEOPLE).codes, "ci.e");
});
