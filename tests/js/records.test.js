// Sentences that are stored once, with a column for each of their numbers.

import assert from "node:assert/strict";
import test from "node:test";

import { textOf } from "../../src/assetmap/show/map/static/js/records.js";

test("numbers go back into their sentence, and a sentence without any stays", () => {
  const coded = { words: ["Rank \u0001 to \u0001 of \u0001.", "Not known"], codes: [0, 1, 0, -1], numbers: [["3", "", "1,200", ""], ["50", "", "7.5", ""], ["90", "", "9", ""]] };
  assert.deepEqual([0, 1, 2, 3].map((row) => textOf(coded, row)), ["Rank 3 to 50 of 90.", "Not known", "Rank 1,200 to 7.5 of 9.", ""]);
  assert.equal(textOf({ words: ["A 1"], codes: [0] }, 0), "A 1");
});
