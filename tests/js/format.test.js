import assert from "node:assert/strict";
import test from "node:test";
import { compareCells, counted, csvCell, distanceWords, formatNumber, labelIn, lookUp, plain, smallInitial, toCsv } from "../../src/assetmap/show/map/static/js/format.js";
import { classOf, codesToText, isUnsure, sumPeople, textOf, valueOf, wordsOf } from "../../src/assetmap/show/map/static/js/records.js";
import { coded, layer, PEOPLE } from "./made.js";

test("numbers, counts and distances in words", () => {
  assert.deepEqual([formatNumber(1234.56, 1), formatNumber(0), formatNumber(null)], ["1,234.6", "0", "not known"]);
  assert.deepEqual([counted(1, "person", "people"), counted(0, "area"), counted(1200, "area")], ["1 person", "0 areas", "1,200 areas"]);
  assert.deepEqual([distanceWords(4), distanceWords(944), distanceWords(950), distanceWords(12345)], ["0 m", "940 m", "1.0 km", "12.3 km"]);
});

test("labels: abbreviations keep their capitals, unknown codes are written as words", () => {
  assert.deepEqual([smallInitial("Library"), smallInitial("NHS clinic"), smallInitial("")], ["library", "NHS clinic", ""]);
  assert.equal(labelIn({ food_bank: "Food bank" }, "food_bank"), "Food bank");
  assert.equal(labelIn(undefined, "tool_library"), "Tool library");
});

test("names of the data find nothing that every object has", () => {
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    assert.equal(lookUp({ a: "b" }, name), undefined);
    assert.equal(typeof labelIn({}, name), "string");
  }
});

test("letters are compared without accents and capitals", () => {
  assert.equal(plain("ÉCOLE Ŵ"), "ecole w");
  assert.equal(plain(null), "null");
});

test("cells of a CSV file: formulas are disarmed, quotes doubled, numbers stay numbers", () => {
  for (const start of ["=", "+", "-", "@", "\t"]) assert.equal(csvCell(start + "1"), "'" + start + "1");
  assert.equal(csvCell("\r1"), "\"'\r1\"");
  const unseen = [" ", "\u00a0", "\u00ad", "\u200b", "\u202e", "\ufeff", "\ufe0f", "\u034f", "\u3164", "\u{e0020}", "\ud800", "\0"];
  for (const start of ["", ...unseen, "'"]) {
    for (const sign of ["=", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe63"]) {
      assert.equal(csvCell(start + sign + "1"), "'" + start + sign + "1", escape(start + sign));
    }
    assert.equal(csvCell(start + "Tea = talk"), start + "Tea = talk");
  }
  assert.deepEqual([csvCell(-1), csvCell(null), csvCell(undefined), csvCell("")], ["-1", "", "", ""]);
  assert.equal(csvCell('a,"b"\n'), '"a,""b""\n"');
  assert.equal(toCsv(["a", "b"], [[1, "x;y"]]), "\ufeffa,b\r\n1,x;y\r\n");
});

test("what is not known comes last in both directions", () => {
  const sorted = (down) => [3, null, 1, 2].sort((a, b) => compareCells(a, b, down));
  assert.deepEqual(sorted(false), [1, 2, 3, null]);
  assert.deepEqual(sorted(true), [3, 2, 1, null]);
  assert.deepEqual(["Area 10", "Area 9", "area 1"].sort((a, b) => compareCells(a, b)), ["area 1", "Area 9", "Area 10"]);
});

test("values, classes and words of a layer", () => {
  assert.deepEqual([0, 1, 2, 3].map((area) => valueOf(layer(), area)), [0.5, 1.5, 4, null]);
  assert.deepEqual([0, 1, 2, 3].map((area) => classOf(layer(), area)), [0, 1, 2, -1]);
  assert.equal(codesToText([0, 8, -1]), "ai.");
  assert.deepEqual([wordsOf(layer(), 0), wordsOf(layer(), 3)], ["0.5 km", "not known"]);
  assert.equal(wordsOf(layer({ low: [1, 2, 3, 4], high: [9, null, 50, 60] }), 0), "0.5 (0.1 to 0.9) km");
  assert.equal(wordsOf(layer({ low: [1, 2, 3, 4], high: [9, null, 50, 60] }), 1), "1.5 km");
  assert.equal(wordsOf(layer({ values: undefined }), 2), "more");
  assert.equal(wordsOf(layer({ text: coded(["__proto__"], [0, -1]) }), 0), "__proto__");
  assert.equal(wordsOf(layer({ text: coded(["x"], [0, -1]) }), 1), "not known");
  assert.deepEqual([isUnsure(layer(), 0), isUnsure(layer({ unreliable: "0100" }), 1)], [false, true]);
});

test("missing texts are empty, and unknown residents are not nobody", () => {
  assert.deepEqual([textOf(undefined, 0), textOf(coded(["a"], [-1]), 0), textOf(coded(["a"], [0]), 5)], ["", "", ""]);
  assert.deepEqual([sumPeople([], PEOPLE), sumPeople([1], PEOPLE), sumPeople([0, 1], PEOPLE)], [0, null, 100]);
});
