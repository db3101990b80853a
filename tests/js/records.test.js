import assert from "node:assert/strict";
import test from "node:test";
import { higherFirst, rankOf, textOf, withinRounded } from "../../src/assetmap/show/map/static/js/records.js";
import { layer } from "./made.js";

const rounded = [5, 15, 15, null, 15, 2];
const exact = [0.51, 1.48, 1.52, null, 1.48, 0.2];

test("areas that round to the same value are ranked by what they truly have, and equal ones share a rank", () => {
  const within = withinRounded(rounded, exact);
  assert.deepEqual(within, [0, 1, 0, 0, 1, 0]);
  const one = layer({ values: rounded, within });
  assert.deepEqual(rounded.map((_value, area) => rankOf(one, area)), [4, 2, 1, 0, 2, 5]);
  assert.deepEqual([...rounded.keys()].sort((a, b) => higherFirst(one, a, b)), [2, 1, 4, 0, 5, 3], "unknown last");
});

test("a layer that must not be ranked, or that has no numbers, gives no rank", () => {
  assert.equal(rankOf(layer({ ranks: false }), 0), 0);
  assert.equal(rankOf(layer({ values: undefined }), 0), 0);
  assert.equal(rankOf(layer(), 3), 0);
  assert.equal(rankOf(layer(), 2), 1);
});

test("numbers go back into their sentence, and a sentence without any stays", () => {
  const coded = { words: ["Rank \u0001 to \u0001 of \u0001.", "Not known"], codes: [0, 1, 0, -1], numbers: [["3", "", "1,200", ""], ["50", "", "7.5", ""], ["90", "", "9", ""]] };
  assert.deepEqual([0, 1, 2, 3].map((row) => textOf(coded, row)), ["Rank 3 to 50 of 90.", "Not known", "Rank 1,200 to 7.5 of 9.", ""]);
  assert.equal(textOf({ words: ["A 1"], codes: [0] }, 0), "A 1");
});
