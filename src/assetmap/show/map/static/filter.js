// One filter by kind, operator, status and what is offered or asked for: marks, circles, lists, counts and the table follow it together.

const FILTERS = [
  { state: "offers", column: "offers", heading: "What is offered", many: true, verb: "offer", words: (key) => A.label("resources", key) },
  { state: "asks", column: "asks", heading: "What is asked for", many: true, verb: "ask for", words: (key) => A.label("resources", key) },
  { state: "types", column: "asset_type", heading: "Kind", words: (key) => A.label("asset_types", key) },
  { state: "operators", column: "sector", heading: "Who runs it", words: (key) => A.sentenceCase((SECTORS[key] || SECTORS.unknown).words) },
  { state: "statuses", column: "status", heading: "Status", words: (key) => A.sentenceCase(key) },
];
const FILTER_STATES = "types operators statuses offers asks";

A.filters = []; // those that these assets have

A.prepareFilter = () => {
  const assets = A.data.assets;
  if (!assets) return;
  A.filters = FILTERS.filter((one) => assets[one.column]);
  A.state.types = A.openingTypes();
  A.state.operators = new Set(assets.sector.words);
  A.state.statuses = new Set(assets.status.words.filter((word) => word !== "closed" || assets.status.words.length === 1));
};

A.openingTypes = () => {
  const main = A.data.trial && A.data.trial.type;
  return new Set(main ? [main] : A.data.assets.asset_type.words);
};

// A row has one kind, which must be chosen; of many resources any chosen one will do, and with none chosen it need have none.
A.passes = (row) => A.filters.every((one) => {
  const chosen = A.state[one.state];
  if (!one.many) return chosen.has(A.textOf(A.data.assets[one.column], row));
  return !chosen.size || A.codesOf(A.data.assets[one.column], row).some((word) => chosen.has(word));
});

A.applyFilter = () => {
  if (!A.data.assets) return;
  A.marks.count = 0;
  for (let row = 0; row < A.marks.shown.length; row += 1) {
    A.marks.shown[row] = A.passes(row) ? 1 : 0;
    A.marks.count += A.marks.shown[row];
  }
};

// What the filter shows, in words: "Libraries", "12 kinds of asset" or "All assets that offer minibus".
A.filterWords = () => [A.typeWords(), ...A.filters.filter((one) => one.many && A.state[one.state].size).map((one) => {
  const chosen = [...A.state[one.state]];
  const words = chosen.length > 2 ? `any of ${chosen.length} resources` : chosen.map((word) => A.smallInitial(one.words(word))).join(" or ");
  return `that ${one.verb} ${words}`;
})].join(" ");

A.typeWords = () => {
  const types = [...A.state.types];
  if (types.length === 1) return A.labelOfMany(types[0]);
  return types.length === A.data.assets.asset_type.words.length ? "All assets" : `${types.length} kinds of asset`;
};

A.labelOfMany = (type) => {
  const plural = A.data.assets.labels.asset_type_plurals;
  return (plural && plural[type]) || A.label("asset_types", type);
};

A.drawFilter = () => {
  const assets = A.data.assets;
  if (!assets) {
    A.byId("am-filter").hidden = true;
    return;
  }
  A.fill(A.byId("am-filter-list"), ...A.filters.map((one) => A.filterGroup(one)));
  A.countFilter();
};

A.filterGroup = (one) => {
  const coded = A.data.assets[one.column];
  const totals = new Array(coded.words.length).fill(0);
  for (const code of one.many ? coded.lists.flat() : coded.codes) if (code >= 0) totals[code] += 1;
  const order = coded.words.map((word, code) => [word, totals[code]]);
  if (one.many) order.sort((a, b) => A.kindOfThing(a[0]) - A.kindOfThing(b[0]) || A.byName(one.words(a[0]), one.words(b[0])));
  else order.sort((a, b) => b[1] - a[1] || A.byName(a[0], b[0]));
  const boxes = order.map(([word, total]) => A.el("label", { class: "am-check" },
    A.el("input", { type: "checkbox", value: word, "data-filter": one.state, checked: A.state[one.state].has(word), onchange: (event) => A.toggle(one, word, event.target.checked) }),
    A.text(one.words(word)), A.el("span", { class: "am-count" }, A.number(total))));
  const button = (words, chosen) => A.el("button", { type: "button", class: "am-inline", onclick: () => A.choose(one, chosen) }, words);
  const tools = one.many ? [button("clear", []), ` Tick what you look for: only those that ${one.verb} it are shown.`] : [button("all", coded.words), " ", button("none", [])];
  if (one.many) A.headKinds(order.map(([word]) => A.kindOfThing(word)), boxes);
  const group = A.el("fieldset", {}, A.el("legend", { class: one.many ? "am-hidden" : undefined }, one.heading), A.el("p", { class: "am-allnone" }, ...tools), ...boxes);
  if (!one.many) return group;
  return A.el("details", { class: "am-said" }, A.el("summary", {}, one.heading, A.el("span", { class: "am-chosen", id: `am-chosen-${one.state}` })), group);
};

const THING_KINDS = [["space", "Spaces"], ["equipment", "Equipment"], ["vehicle", "Vehicles"], ["skill", "Skills and time"]];

// Place of the kind of a resource among the kinds; what no table knows comes last.
A.kindOfThing = (word) => {
  const kinds = A.data.assets.labels.resource_kinds || {};
  const at = THING_KINDS.findIndex(([kind]) => kind === kinds[word]);
  return at < 0 ? THING_KINDS.length : at;
};

// Put the name of each kind before its first box.
A.headKinds = (kinds, boxes) => {
  for (let at = boxes.length - 1; at >= 0; at -= 1) {
    if (kinds[at] !== kinds[at - 1]) boxes.splice(at, 0, A.el("p", { class: "am-kinds" }, (THING_KINDS[kinds[at]] || ["", "Other"])[1]));
  }
};

A.toggle = (one, word, on) => {
  const chosen = new Set(A.state[one.state]);
  if (on) chosen.add(word);
  else chosen.delete(word);
  A.choose(one, chosen);
};

// Who asks which libraries have a minibus wants to know who has one: the first resource chosen shows every kind, and the
// last one cleared brings back what was shown, unless kinds were chosen meanwhile.
A.choose = (one, words) => {
  const changes = { [one.state]: new Set(words) };
  let kinds = "";
  if (one.many) {
    const asked = A.filters.some((other) => other.many && (changes[other.state] || A.state[other.state]).size);
    const same = (set, other) => set.size === other.size && [...set].every((word) => other.has(word));
    const every = new Set(A.data.assets.asset_type.words);
    if (asked && !A.widened && same(A.state.types, A.openingTypes()) && !same(every, A.openingTypes())) {
      Object.assign(changes, { types: every });
      A.widened = true;
      kinds = " Every kind is shown.";
    } else if (!asked && A.widened && same(A.state.types, every)) Object.assign(changes, { types: A.openingTypes() });
    if (!asked) A.widened = false;
  }
  A.set(changes);
  A.say(`${A.plural(A.marks.count, "asset")} shown.${kinds}`);
};

A.countFilter = () => {
  if (!A.data.assets) return;
  const all = A.marks.shown.length;
  let placed = 0;
  for (let row = 0; row < all; row += 1) if (A.marks.shown[row] && !Number.isNaN(A.marks.points.x[row])) placed += 1;
  const without = A.marks.count - placed;
  A.byId("am-filter-count").textContent = `${A.number(A.marks.count)} of ${A.number(all)}${without ? `, ${A.number(without)} without a point` : ""}`;
  for (const one of A.filters) {
    if (one.many) A.fill(A.byId(`am-chosen-${one.state}`), ...[...A.state[one.state]].slice(0, 3).map((word, at) => A.text(`${at ? ", " : ": "}${one.words(word)}`)), A.state[one.state].size > 3 ? " ..." : null);
  }
  for (const input of A.byId("am-filter-list").querySelectorAll("input")) {
    input.checked = A.state[input.dataset.filter].has(input.value);
  }
};
