import assert from "node:assert/strict";
import test from "node:test";

globalThis.L = { Layer: class {} }; // picture.js makes a class of Leaflet's
const { freeSpotBeside, placeLabels } = await import("../../src/assetmap/show/map/static/js/labels.js");
const { groupKnown, knownPart } = await import("../../src/assetmap/show/map/static/js/names.js");

const FRAME = { width: 400, height: 300, margin: { x: 20, y: 20 } };
const label = (x, y, text = "Ludlow", more = {}) => ({ x, y, text, style: "site", gap: 9, width: 60, ...more });
const overlaps = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

test("no label covers another one or what must stay free, and the first comes first", () => {
  const many = Array.from({ length: 60 }, (_none, at) => label(100 + (at % 8) * 14, 100 + Math.floor(at / 8) * 9, `Name ${at}`));
  const taken = [[90, 90, 120, 120]];
  const placed = placeLabels(many, taken, FRAME);
  assert.ok(placed.length > 5 && placed.length < 60);
  const boxes = [...taken, ...placed.map(({ box }) => box)];
  boxes.forEach((one, at) => boxes.slice(at + 1).forEach((other) => assert.ok(!overlaps(one, other))));
  assert.equal(placed[0].text, "Name 0");
  assert.equal(taken.length, 1, "what was given is not changed");
});

test("a label stands above its point, else beside or below it, or on it where it has no sign", () => {
  const [above] = placeLabels([label(200, 150)], [], FRAME);
  assert.deepEqual(above.box, [170, 125, 230, 141]);
  const [beside] = placeLabels([label(200, 150)], [[170, 125, 230, 141]], FRAME);
  assert.ok(beside.box[0] > 200);
  const [middle] = placeLabels([label(200, 150, "Angel", { gap: 0 })], [], FRAME);
  assert.deepEqual(middle.box, [170, 142, 230, 158]);
});

test("what stays free if possible gives way to a label that has no other spot", () => {
  const around = [[100, 100, 300, 142], [100, 158, 300, 200], [100, 142, 169, 158]];
  assert.deepEqual(placeLabels([label(200, 150)], [...around, [231, 142, 300, 158]], FRAME), []);
  assert.equal(placeLabels([label(200, 150)], around, FRAME, [[231, 142, 300, 158]]).length, 1);
  const [first] = placeLabels([label(200, 150)], [], FRAME, [[170, 125, 230, 141]]);
  assert.ok(first.box[0] > 200, "a free spot comes before one that is only given way");
});

test("a name that several gaps share is written once, at the first that has room", () => {
  const gaps = [label(200, 150, "Thornhill", { style: "gap", gap: 11 }), label(60, 250, "Thornhill", { style: "gap", gap: 11 })];
  assert.equal(placeLabels(gaps, [], FRAME).length, 1);
  const [second] = placeLabels(gaps, [[0, 0, 400, 200]], FRAME);
  assert.ok(second.box[1] > 200);
});

test("a label in view is never cut off by the edge, and one outside the picture is left out", () => {
  const [inside] = placeLabels([label(25, 150)], [], FRAME);
  assert.ok(inside.box[0] > FRAME.margin.x);
  assert.deepEqual(placeLabels([label(-5, 150), label(200, 400)], [], FRAME), []);
});

test("a number stands beside the marks and the other numbers, in sight, near its place", () => {
  const from = { x: 200, y: 150 };
  const far = (spot, { x, y, reach }) => Math.hypot(spot.x - x, spot.y - y) > reach + 11;
  assert.deepEqual(freeSpotBeside(from, [], [], FRAME), from);
  const numbers = [];
  const marks = Array.from({ length: 5 }, (_none, at) => ({ x: 190 + at * 12, y: 150, reach: 14 }));
  for (let at = 0; at < 6; at += 1) numbers.push({ ...freeSpotBeside(from, numbers, marks, FRAME), reach: 11 });
  numbers.forEach((one, at) => assert.ok([...marks, ...numbers.slice(0, at)].every((other) => far(one, other))));
  assert.ok(Math.hypot(numbers[0].x - 200, numbers[0].y - 150) < 60);
  const corner = freeSpotBeside({ x: 35, y: 35 }, [], [{ x: 35, y: 35, reach: 14 }], FRAME);
  assert.ok(corner.x > 32 && corner.y > 32);
  // where marks are everywhere, a number still covers no other number
  const crowd = [{ x: 200, y: 150, reach: 500 }];
  assert.deepEqual(freeSpotBeside(from, [], crowd, FRAME), from);
  assert.ok(far(freeSpotBeside(from, [{ ...from, reach: 11 }], crowd, FRAME), { ...from, reach: 11 }));
});

test("the known part of a name is what stands before its code", () => {
  assert.equal(knownPart("Ludlow Town (Shropshire 038B)"), "Ludlow Town");
  assert.equal(knownPart("Shropshire 038B"), "");
  assert.equal(knownPart("Castle (upper)"), "", "a name of one's own keeps its brackets");
});

test("neighbourhoods that share a name are one place, in the middle of their people", () => {
  const middles = { x: Float64Array.of(0, 10, 50), y: Float64Array.of(0, 0, 0) };
  const box = Float64Array.of(-1, 0, 1, 0, 9, 0, 11, 0, 49, 0, 51, 0);
  const names = ["Town (A 001A)", "Town (A 001B)", "A 002A"];
  const [town, ...others] = groupKnown(names, middles, [100, 300, null], box, false);
  assert.deepEqual(others, []);
  assert.deepEqual([town.name, town.areas, town.x, town.width, town.written], ["Town", [0, 1], 7.5, 12, true]);
});
