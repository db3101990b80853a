// Two sentences for each layer: what a reader should take away.

A.neighbourhoods = (count) => (count === 1 ? "neighbourhood" : "neighbourhoods");

const NOTHING_COLOUR = "#d9d9d9"; // as in palettes.py

A.nameOf = (area) => A.data.areas.names[area];

// Name of an area with the town or village nearest to where its people live: codes mean little to most readers.
A.placedName = (area) => {
  const near = A.nearestPlace(area);
  return near ? `${A.nameOf(area)} (near ${near})` : A.nameOf(area);
};

A.nearestPlace = (area) => {
  const places = A.marks.places;
  if (!places) return "";
  let best = -1;
  let least = Infinity;
  for (let row = 0; row < places.x.length; row += 1) {
    const away = Math.hypot(places.x[row] - A.areas.middles.x[area], places.y[row] - A.areas.middles.y[area]);
    if (away < least) {
      least = away;
      best = row;
    }
  }
  return best < 0 ? "" : A.data.places.names[best];
};

// Residents of areas: the sum of those that are known; null where none is, which is not the same as nobody.
A.peopleOf = (areas) => {
  const known = areas.map((area) => A.data.areas.people[area]).filter((people) => people !== null);
  return areas.length && !known.length ? null : known.reduce((sum, people) => sum + people, 0);
};

A.homeTo = (areas) => {
  const people = A.peopleOf(areas);
  return people === null ? "" : `, home to ${A.number(people)} people,`;
};

A.areasWhere = (test) => {
  const found = [];
  for (let area = 0; area < A.areaCount(); area += 1) if (test(area)) found.push(area);
  return found;
};

A.most = (areas, measure) =>
  areas.reduce((best, area) => (best < 0 || measure(area) > measure(best) ? area : best), -1);

A.layerByKey = (key) => A.data.layers.find((layer) => layer.key === key);

A.sentences = () => {
  const layer = A.shown(A.layer());
  const words = layer.kind === "bivariate" ? A.gapWords(layer) : layer.kind === "number" ? A.numberWords(layer) : A.categoryWords(layer);
  const trial = A.shown(A.layer()) === A.layer() ? "" : "Trial: ";
  return trial + words.join(" ");
};

A.gapWords = (layer) => {
  const worst = A.areasWhere((area) => A.classOf(layer, area) === 8);
  const all = A.number(A.areaCount());
  if (!worst.length) return [`None of ${all} neighbourhoods has both high need and low access.`, A.unknownWords(layer)];
  const largest = A.most(worst, (area) => A.data.areas.people[area] || 0);
  const first = `${A.number(worst.length)} of ${all} neighbourhoods${A.homeTo(worst)} `
    + `${worst.length === 1 ? "has" : "have"} high need and low access.`;
  const km = A.data.far_km;
  const far = A.areasWhere((area) => A.classOf(layer, area) >= 6 && A.isBeyond(area, km));
  if (!far.length) return [first, `The largest is ${A.placedName(largest)}.`];
  const largestFar = A.most(far, (area) => A.data.areas.people[area] || 0);
  const asset = A.data.trial && A.data.trial.type ? A.label("asset_types", A.data.trial.type).toLowerCase() : "asset";
  return [first, `${A.number(far.length)} ${far.length === 1 ? "is" : "are"} in high need and over ${km} km from any open ${asset}; `
    + `the largest is ${A.placedName(largestFar)}.`];
};

// Whether an area lies farther than so many kilometres from any open asset. Values are kept to 0.1 km, where 5.04 reads
// 5.0: the classes and the metres of the trial know better.
A.isBeyond = (area, km) => {
  const published = A.layerByKey("distance");
  if (!published) return false;
  const distance = A.shown(published);
  if (!A.isKnown(distance, area)) return false;
  const bound = distance.upper.indexOf(km);
  if (bound >= 0) return A.classOf(distance, area) > bound;
  return A.trial ? A.trial.metres[area] > km * 1000 : A.valueOf(distance, area) > km;
};

A.numberWords = (layer) => {
  const known = A.areasWhere((area) => A.valueOf(layer, area) !== null);
  if (!known.length) return ["Nothing is known for this layer."];
  if (!layer.ranks) {
    const least = A.most(known, (area) => -layer.values[area]);
    const greatest = A.most(known, (area) => layer.values[area]);
    const brackets = layer.low ? " (in brackets the interval of the estimate)" : "";
    return [`A neighbourhood has from ${A.wordsOf(layer, least)} to ${A.wordsOf(layer, greatest)}${brackets}.`,
      "They are shared out by residents: this is no ranking of places.", A.unknownWords(layer)];
  }
  const top = layer.classes.length - 1;
  const inTop = known.filter((area) => A.classOf(layer, area) === top);
  const highest = A.most(known, (area) => layer.values[area]);
  const label = layer.classes[top].label;
  const first = `${A.number(inTop.length)} of ${A.number(A.areaCount())} neighbourhoods${A.homeTo(inTop)} `
    + `${inTop.length === 1 ? "is" : "are"} in the highest class (${label}).`;
  return [first, `The highest is ${A.placedName(highest)}: ${A.wordsOf(layer, highest)}.`, A.unknownWords(layer)];
};

A.categoryWords = (layer) => {
  const grey = (code) => Number(layer.colours[code] === NOTHING_COLOUR); // nothing found: said last
  const order = layer.classes.map((one, code) => [one, code]).sort((a, b) => grey(a[1]) - grey(b[1]) || b[0].areas - a[0].areas);
  if (!order.length) return ["Nothing is known for this layer."];
  const first = `${A.number(order[0][0].areas)} of ${A.number(A.areaCount())} neighbourhoods: ${order[0][0].label}.`;
  const rest = order.slice(1, 5).map(([one]) => `${A.number(one.areas)}: ${one.label}`).join("; ");
  return [first, rest ? `${rest}.` : "", A.unknownWords(layer)];
};

A.unknownWords = (layer) =>
  layer.unknown.areas ? `For ${A.number(layer.unknown.areas)} it is not known.` : "";

A.drawHeading = () => {
  A.byId("am-title").replaceChildren(A.text(A.data.title));
  A.byId("am-sentence").replaceChildren(A.text(A.sentences()));
};

// Place of an area in a layer: 1 = highest value.
A.rankOf = (layer, area) => {
  if (!layer.ranks || !layer.values || layer.values[area] === null) return 0;
  return 1 + A.areasWhere((other) => layer.values[other] !== null && layer.values[other] > layer.values[area]).length;
};
