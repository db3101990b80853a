import assert from "node:assert/strict";
import test from "node:test";
import { entriesOf, findTyped, isPostcode, lettersApart, metresBetween, postcodeKey, searchKey, unshare, unstep } from "../../src/assetmap/show/map/static/js/search.js";

const codes = ["TR1 1AA", "TR1 1AB", "TR11 2XY"];
const postcodes = { codes, keys: codes.map(postcodeKey) };
const entries = [
  ...entriesOf("area", ["Truro 1", "St Ives"], ["E01", "E02"]), ...entriesOf("place", ["Truro", "Portruro"]),
  ...entriesOf("asset", ["Truro Library", "New Truro Hall", "Café Zoë", "__proto__", "<b>bold</b>"]), ...entriesOf("offers", ["Minibus"]),
];
const names = (typed) => findTyped(typed, entries, postcodes).map((found) => found.name);

test("one letter, or blanks, find nothing", () => {
  for (const typed of ["", "t", "  ", " t "]) assert.deepEqual(names(typed), []);
});

test("names that begin with it come first, places before assets before neighbourhoods, then words, then the rest", () => {
  assert.deepEqual(names("truro"), ["Truro", "Truro Library", "Truro 1", "New Truro Hall", "Portruro"]);
});

test("capitals, accents and blanks around do not matter", () => {
  assert.deepEqual(names("  CAFE zoe "), ["Café Zoë"]);
  assert.deepEqual(names("café"), ["Café Zoë"]);
});

test("a neighbourhood is found by its code too", () => {
  assert.deepEqual(names("e02"), ["St Ives"]);
});

test("postcodes are found with or without their blank, and only as postcodes", () => {
  assert.deepEqual(names("tr1 1a"), ["TR1 1AA", "TR1 1AB"]);
  assert.deepEqual(names("TR112"), ["TR11 2XY"]);
  assert.deepEqual(findTyped("tr1", entries, null), []);
  assert.deepEqual(names("1aa"), []);
});

test("at most six postcodes and twelve results are shown", () => {
  const many = Array.from({ length: 40 }, (_one, at) => "TR1 " + at);
  const halls = entriesOf("asset", many.map((one) => "Hall " + one));
  const found = findTyped("tr1", halls, { codes: many, keys: many.map(postcodeKey) });
  assert.deepEqual([found.length, found.filter((one) => one.kind === "postcode").length], [12, 6]);
});

test("names that mean something elsewhere are names", () => {
  assert.deepEqual(names("__proto__"), ["__proto__"]);
  assert.deepEqual(names("<b>"), ["<b>bold</b>"]);
  assert.deepEqual(names(".*"), []);
  assert.deepEqual(names("(("), []);
});

const county = [
  ...entriesOf("place", ["Ludlow", "Oswestry", "Bishop's Castle"]),
  ...["Library|Libraries", "Food bank or pantry|Food banks", "Men's shed|Men's sheds"].map((labels, row) => ({ kind: "type", row, name: labels.split("|")[1], key: searchKey(labels) })),
  ...entriesOf("asset", ["Ludlow", "Oswestry", "St Chad's"], ["Library", "Library Oswestry", "Food bank Shrewsbury"]),
  ...entriesOf("area", ["Ludlow Town (Shropshire 038B)"], ["E01028905"]),
];
const inCounty = (typed) => findTyped(typed, county, null).map(({ kind, name }) => `${kind}: ${name}`);

test("typing mistakes are forgiven, but never when something is written as it was typed", () => {
  assert.deepEqual(inCounty("Ludow"), ["place: Ludlow", "asset: Ludlow", "area: Ludlow Town (Shropshire 038B)"]);
  assert.deepEqual(inCounty("oswesrty"), ["place: Oswestry", "asset: Oswestry"]);
  assert.deepEqual(inCounty("bishops castel"), ["place: Bishop's Castle"]);
  assert.deepEqual(inCounty("ludlow t"), ["area: Ludlow Town (Shropshire 038B)"]);
  assert.deepEqual(inCounty("qqqq"), []);
  assert.deepEqual(inCounty("lud"), ["place: Ludlow", "asset: Ludlow", "area: Ludlow Town (Shropshire 038B)"]);
});

test("kinds of place are words, in the singular and the plural, with or without their signs", () => {
  for (const typed of ["mens shed", "Men's sheds", "men’s shed"]) assert.deepEqual(inCounty(typed), ["type: Men's sheds"], typed);
  assert.deepEqual(inCounty("food bank").slice(0, 1), ["type: Food banks"]);
  assert.deepEqual(inCounty("food banks"), ["type: Food banks"]);
});

test("a place and a kind are a site of that kind, else the kind near the place", () => {
  assert.deepEqual(inCounty("Oswestry library").slice(0, 1), ["asset: Oswestry"]);
  assert.deepEqual(inCounty("library oswestry").slice(0, 1), ["asset: Oswestry"]);
  const near = findTyped("food bank ludlow", county, null);
  assert.deepEqual(near.map(({ kind, name, row, type }) => [kind, name, row, type]), [["near", "Food banks near Ludlow", 0, 1]]);
  assert.deepEqual(inCounty("mens shed oswesrty"), ["near: Men's sheds near Oswestry"]);
  assert.deepEqual(inCounty("shed ludlow"), [], "the end of a label is no kind");
});

test("a whole postcode that the map does not have finds nothing else", () => {
  assert.ok(isPostcode("SY23 1AA") && isPostcode("sy81aa") && !isPostcode("SY8") && !isPostcode("Ludlow"));
  assert.deepEqual(findTyped("TR9 9ZZ", entries, postcodes), []);
});

test("letters apart are letters added, dropped, changed or swapped", () => {
  assert.deepEqual([["ludow", "ludlow"], ["ludlwo", "ludlow"], ["ludlow", "ludlow"], ["a", "abcdef"], ["cat", "dog"]].map(([a, b]) => lettersApart(a, b, 2)), [1, 1, 0, 3, 3]);
});

test("packed postcodes and steps are written out", () => {
  assert.deepEqual(unshare(["0TR1 1AA", "6B", "3 2XY", "0__proto__", "9"]), ["TR1 1AA", "TR1 1AB", "TR1 2XY", "__proto__", "__proto__"]);
  assert.deepEqual(unshare([]), []);
  assert.deepEqual(unstep([3, 0, -4, 1]), [3, 3, -1, 0]);
});

test("metres between points agree with known distances", () => {
  const truro = { lat: 50.2632, lng: -5.051 };
  assert.equal(metresBetween(truro, truro), 0);
  const north = metresBetween(truro, { lat: 50.3632, lng: -5.051 });
  assert.ok(Math.abs(north - 11124) < 15, String(north)); // a tenth of a degree of latitude at 50.3 N
  const east = metresBetween(truro, { lat: 50.2632, lng: -4.951 });
  assert.ok(Math.abs(east - 7130) < 15, String(east)); // a tenth of a degree of longitude at 50.26 N
  assert.equal(north, metresBetween({ lat: 50.3632, lng: -5.051 }, truro));
});
