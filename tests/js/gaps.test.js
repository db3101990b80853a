import assert from "node:assert/strict";
import test from "node:test";

const { app } = await import("../../src/assetmap/show/map/static/js/app.js");
const { alikeGaps, widestGaps, widestWords } = await import("../../src/assetmap/show/map/static/js/gaps.js");
import { layer } from "./made.js";

/** @param {string} codes @param {number[]} scores @param {number[]} ranks */
function draw(codes, scores, ranks) {
  const gap = layer({ key: "gap", kind: "bivariate", codes, values: undefined });
  app.data = { areas: { codes: [...codes].map((_, at) => `A${at}`) }, layers: [
    gap, layer({ key: "gap_score", decimals: 2, codes, values: scores }), layer({ key: "gap_rank", kind: "fact", decimals: 0, codes: undefined, values: ranks }),
  ] };
  return gap;
}

test("the widest gaps are called so only where no other is as wide", () => {
  const twelve = draw("i".repeat(12), [90, 80, 70, 60, 50, 40, 30, 20, 15, 10, 10, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.equal(widestWords(twelve, widestGaps()), "10 of the widest gaps, widest first");
  const apart = draw("iia", [90, 80, 10], [1, 2, 3]);
  assert.equal(widestWords(apart, widestGaps()), "The 2 widest gaps, widest first");
  assert.equal(widestWords(draw("iaa", [90, 80, 10], [1, 2, 3]), widestGaps()), "The widest gap");
});

test("a wider gap of another class is not passed over in silence", () => {
  assert.equal(widestWords(draw("aia", [95, 90, 10], [1, 2, 3]), widestGaps()), "The widest gap with high need and low access");
});

test("gaps whose score is printed alike are counted", () => {
  draw("iiia", [90, 90, 80, 90], [1, 2, 3, 4]);
  assert.deepEqual([0, 2].map((area) => alikeGaps(app.data.layers[0], area)), [2, 1]);
});
