import assert from "node:assert/strict";
import test from "node:test";
import { decodePoints, decodeShapes, middleOf, nearestRow, nextInDirection, shapeAt, toWorld } from "../../src/assetmap/show/map/static/js/shapes.js";

// two squares of one degree side by side, the second with a hole in its middle
const packed = {
  decimals: 1, lengths: [4, 4, 4], rings: [1, 2],
  x: [0, 10, 0, -10, 10, 10, 0, -10, 2, 6, 0, -6], y: [0, 0, 10, 0, -10, 0, 10, 0, -8, 0, 6, 0],
};

test("the world of web maps is 256 wide and north is up", () => {
  assert.deepEqual(toWorld(0, 0).map(Math.round), [128, 128]);
  assert.equal(toWorld(180, 0)[0], 256);
  assert.ok(toWorld(0, 50)[1] < toWorld(0, 49)[1]);
});

test("points are steps from the one before; a missing one is skipped", () => {
  const points = decodePoints({ x: [-50, null, 5], y: [500, null, -5], decimals: 1 });
  assert.deepEqual([points.x[0], points.y[0]], toWorld(-5, 50));
  assert.ok(Number.isNaN(points.x[1]));
  assert.deepEqual([points.x[2], points.y[2]], toWorld(-4.5, 49.5));
});

test("shapes are found under a point, holes are not", () => {
  const shapes = decodeShapes(packed);
  const at = (longitude, latitude) => shapeAt(shapes, ...toWorld(longitude, latitude));
  assert.deepEqual([at(0.5, 0.5), at(1.1, 0.5), at(1.5, 0.5), at(3, 3)], [0, 1, -1, -1]);
  const { x, y } = middleOf(shapes, 0);
  const wanted = toWorld(0.5, 0.5);
  assert.ok(Math.hypot(x - wanted[0], y - wanted[1]) < 0.001);
});

test("the nearest of some rows; unknown points are left out", () => {
  const points = { x: Float64Array.of(0, NaN, 5, 9), y: Float64Array.of(0, NaN, 0, 0) };
  assert.equal(nearestRow(6, 0, points, points.x.keys()), 2);
  assert.equal(nearestRow(6, 0, points, [0, 1, 3]), 3);
  assert.equal(nearestRow(6, 0, points, [1]), -1);
  assert.equal(nearestRow(6, 0, points, []), -1);
});

test("arrow keys go on in their direction and never back", () => {
  const points = { x: Float64Array.of(0, 10, 4, -3, 0), y: Float64Array.of(0, 0, 9, 0, 0) };
  assert.equal(nextInDirection(0, 0, [1, 0], points, points.x.keys()), 1);
  assert.equal(nextInDirection(0, 0, [0, 1], points, points.x.keys()), 2);
  assert.equal(nextInDirection(0, 0, [-1, 0], points, points.x.keys()), 3);
  assert.equal(nextInDirection(0, 0, [0, -1], points, points.x.keys()), -1);
});
