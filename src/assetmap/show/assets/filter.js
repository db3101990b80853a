// One filter by kind, operator and status: marks, circles, lists, counts and the table follow it together.

const FILTERS = [
  { state: "types", column: "asset_type", heading: "Kind", words: (key) => A.label("asset_types", key) },
  { state: "operators", column: "sector", heading: "Who runs it", words: (key) => A.sentenceCase((SECTORS[key] || SECTORS.unknown).words) },
  { state: "statuses", column: "status", heading: "Status", words: (key) => A.sentenceCase(key) },
];

A.prepareFilter = () => {
  const assets = A.data.assets;
  if (!assets) return;
  const main = A.data.trial && A.data.trial.type;
  A.state.types = new Set(main ? [main] : assets.asset_type.words);
  A.state.operators = new Set(assets.sector.words);
  A.state.statuses = new Set(assets.status.words.filter((word) => word !== "closed" || assets.status.words.length === 1));
};

A.passes = (row) => FILTERS.every((one) => A.state[one.state].has(A.textOf(A.data.assets[one.column], row)));

A.applyFilter = () => {
  if (!A.data.assets) return;
  A.marks.count = 0;
  for (let row = 0; row < A.marks.shown.length; row += 1) {
    A.marks.shown[row] = A.passes(row) ? 1 : 0;
    A.marks.count += A.marks.shown[row];
  }
};

// What the filter shows, in words: "Libraries" or "12 kinds of asset".
A.filterWords = () => {
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
  A.fill(A.byId("am-filter-list"), ...FILTERS.map((one) => A.filterGroup(one)));
  A.countFilter();
};

A.filterGroup = (one) => {
  const coded = A.data.assets[one.column];
  const totals = new Array(coded.words.length).fill(0);
  for (const code of coded.codes) if (code >= 0) totals[code] += 1;
  const order = coded.words.map((word, code) => [word, totals[code]]).sort((a, b) => b[1] - a[1] || A.byName(a[0], b[0]));
  const boxes = order.map(([word, total]) => A.el("label", { class: "am-check" },
    A.el("input", { type: "checkbox", value: word, "data-filter": one.state, checked: A.state[one.state].has(word), onchange: (event) => A.toggle(one.state, word, event.target.checked) }),
    A.text(one.words(word)), A.el("span", { class: "am-count" }, A.number(total))));
  const all = A.el("button", { type: "button", class: "am-inline", onclick: () => A.chooseAll(one.state, coded.words) }, "all");
  const none = A.el("button", { type: "button", class: "am-inline", onclick: () => A.chooseAll(one.state, []) }, "none");
  return A.el("fieldset", {}, A.el("legend", {}, one.heading), A.el("p", { class: "am-allnone" }, all, " ", none), ...boxes);
};

A.toggle = (state, word, on) => {
  const chosen = new Set(A.state[state]);
  if (on) chosen.add(word);
  else chosen.delete(word);
  A.set({ [state]: chosen });
  A.say(`${A.plural(A.marks.count, "asset")} shown.`);
};

A.chooseAll = (state, words) => {
  A.set({ [state]: new Set(words) });
  A.say(`${A.plural(A.marks.count, "asset")} shown.`);
};

A.countFilter = () => {
  if (!A.data.assets) return;
  const all = A.marks.shown.length;
  let placed = 0;
  for (let row = 0; row < all; row += 1) if (A.marks.shown[row] && !Number.isNaN(A.marks.points.x[row])) placed += 1;
  const without = A.marks.count - placed;
  A.byId("am-filter-count").textContent = `${A.number(A.marks.count)} of ${A.number(all)}${without ? `, ${A.number(without)} without a point` : ""}`;
  for (const input of A.byId("am-filter-list").querySelectorAll("input")) {
    input.checked = A.state[input.dataset.filter].has(input.value);
  }
};
