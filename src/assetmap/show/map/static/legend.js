// The legend: each class in words with its areas and people, what is not known, marks, and where it comes from.

const GROUP_WORDS = {
  gaps: "Gaps", need: "Need and people", groups: "Groups", access: "Access", devolution: "Devolution",
};

A.drawLegend = () => {
  const layer = A.shown(A.layer());
  A.byId("am-legend-title").replaceChildren(A.text(layer.label), A.shown(A.layer()) === A.layer() ? "" : " (trial)");
  const parts = [layer.kind === "bivariate" ? A.bivariateKey(layer) : A.classKey(layer)];
  if (layer.direction) parts.push(A.el("p", { class: "am-direction" }, A.text(layer.direction)));
  const uncounted = A.data.areas.people.filter((people) => people === null).length;
  if (uncounted) parts.push(A.el("p", { class: "am-direction" }, `Residents of ${A.plural(uncounted, "area")} are not known and not in the sums.`));
  if (layer.low) parts.push(A.el("p", { class: "am-direction" }, "Estimates: the interval of each is on its card and in the table."));
  parts.push(A.marksKey());
  if (A.state.people) parts.push(A.el("p", { class: "am-direction" }, "Circles: as large as the number of residents."));
  parts.push(A.legendNotes(layer));
  A.fill(A.byId("am-legend-body"), ...parts);
  A.fill(A.byId("am-legend-short"), ...A.shortKey(layer));
};

// The key in one line, for a legend that is closed.
A.shortKey = (layer) => {
  if (layer.kind === "bivariate") return [A.el("span", { class: "am-box", colour: layer.colours[8] }), "high need, low access"];
  if (layer.kind !== "number") return [];
  const words = (at) => A.text(A.withoutUnit(layer.classes[at].label, at ? "" : layer.unit));
  return [words(0), ...layer.colours.map((colour) => A.el("span", { class: "am-box", colour })), words(layer.classes.length - 1)];
};

A.countWords = (one) =>
  A.plural(one.areas, "area") + (one.people === null ? "" : `, ${A.plural(one.people, "person", "people")}`);

A.classKey = (layer) => {
  const rows = layer.classes.map((one, code) =>
    A.keyRow(A.el("span", { class: "am-box", colour: layer.colours[code] }), A.withoutUnit(one.label, layer.unit), one.areas, one.people));
  if (layer.unknown.areas) rows.push(A.unknownRow(layer));
  if (layer.unreliable) rows.push(A.unsureRow(layer));
  const head = A.el("tr", {}, A.el("th", { scope: "col" }, A.text(layer.unit || "Class")),
    A.el("th", { scope: "col" }, "areas"), A.el("th", { scope: "col" }, "people"));
  return A.el("table", { class: "am-key" }, A.el("thead", {}, head), A.el("tbody", {}, ...rows));
};

// The unit stands once, above the classes.
A.withoutUnit = (label, unit) => (unit && label.endsWith(` ${unit}`) ? label.slice(0, -unit.length - 1) : label);

A.keyRow = (box, words, areas, people) =>
  A.el("tr", {}, A.el("th", { scope: "row" }, A.el("span", { class: "am-keyline" }, box, A.text(words))),
    A.el("td", {}, A.number(areas)), A.el("td", {}, A.number(people)));

A.unknownRow = (layer) =>
  A.keyRow(A.el("span", { class: "am-box am-hatched" }), "not known", layer.unknown.areas, layer.unknown.people);

A.unsureRow = (layer) => {
  const found = A.areasWhere((area) => A.isUnsure(layer, area) && A.isKnown(layer, area));
  return A.keyRow(A.el("span", { class: "am-box am-unsure" }), "unreliable (white stripes)", found.length, A.peopleOf(found));
};

// Three by three: rows from high need to low, columns from high access to low.
A.bivariateKey = (layer) => {
  const level = ["low", "middle", "high"];
  const rows = [2, 1, 0].map((need) => {
    const cells = [0, 1, 2].map((far) => {
      const code = need * 3 + far;
      const cell = A.el("td", { colour: layer.colours[code], class: code === 8 ? "am-worst" : "" }, A.number(layer.classes[code].areas));
      cell.style.color = A.inkOn(layer.colours[code]);
      return cell;
    });
    return A.el("tr", {}, A.el("th", { scope: "row" }, `${level[need]} need`), ...cells);
  });
  const head = A.el("tr", {}, A.el("td", {}), ...["high", "middle", "low"].map((word) => A.el("th", { scope: "col" }, `${word} access`)));
  const worst = layer.classes[8];
  const table = A.el("table", { class: "am-nine" }, A.el("caption", {}, "Number of areas in each class"),
    A.el("thead", {}, head), A.el("tbody", {}, ...rows));
  const words = A.el("p", { class: "am-worstline" }, A.el("span", { class: "am-box", colour: layer.colours[8] }),
    A.el("span", {}, "High need, low access: ", A.el("strong", {}, A.countWords(worst))));
  const extra = [];
  if (layer.unknown.areas) extra.push(A.unknownRow(layer));
  if (layer.unreliable) extra.push(A.unsureRow(layer));
  const more = extra.length ? A.el("table", { class: "am-key" }, A.el("tbody", {}, ...extra)) : null;
  return A.el("div", {}, words, table, more);
};

A.inkOn = (colour) => {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(A.colour(colour).slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#111111" : "#ffffff";
};

A.marksKey = () => {
  if (!A.data.assets) return null;
  const counts = new Map();
  let closed = 0;
  for (let row = 0; row < A.marks.shown.length; row += 1) {
    if (!A.marks.shown[row]) continue;
    const sector = A.sectorOf(row);
    counts.set(sector, (counts.get(sector) || 0) + 1);
    if (!A.isOpen(row) && A.textOf(A.data.assets.status, row) !== "unknown") closed += 1;
  }
  if (!counts.size) return null;
  const lines = Object.values(SECTORS).filter((sector) => counts.has(sector)).map((sector) =>
    A.el("li", {}, A.swatch(sector), A.el("span", {}, A.sentenceCase(sector.words)), A.el("span", { class: "am-count" }, A.number(counts.get(sector)))));
  if (closed) lines.push(A.el("li", {}, A.swatch(SECTORS.unknown, false), A.el("span", {}, "Crossed out: not open"), A.el("span", { class: "am-count" }, A.number(closed))));
  return A.el("div", { class: "am-marks" }, A.el("h3", {}, A.filterWords()), A.el("ul", {}, ...lines));
};

A.legendNotes = (layer) => {
  const found = layer.sources.map((id) => A.data.sources[id]).filter(Boolean);
  const lines = found.map((source) => A.el("li", {}, A.text(A.sourceLine(source))));
  const dated = found.map((source) => (source.date ? `${source.title} (${source.date})` : source.title)).join("; ");
  return A.el("div", {}, dated ? A.el("p", { class: "am-dated" }, A.text(dated)) : null, A.moreNotes(layer, lines));
};

A.moreNotes = (layer, lines) =>
  A.el("details", { class: "am-notes" }, A.el("summary", {}, "What it shows and where it comes from"),
    layer.description ? A.el("p", {}, A.text(layer.description)) : null,
    A.el("p", {}, `Classes: ${layer.scheme}. Each holds values up to and including its upper bound.`),
    lines.length ? A.el("ul", {}, ...lines) : null);

A.sourceLine = (source) =>
  [source.title, source.publisher, source.date, source.licence].filter(Boolean).join(" · ");

A.drawLayerList = () => {
  const groups = new Map();
  A.data.layers.forEach((layer, index) => {
    if (layer.kind === "fact") return;
    if (!groups.has(layer.group)) groups.set(layer.group, []);
    groups.get(layer.group).push([layer, index]);
  });
  const choose = (event) => A.set({ layer: Number(event.target.value) });
  const parts = [...groups].map(([group, layers]) =>
    A.el("fieldset", {}, A.el("legend", {}, A.text(GROUP_WORDS[group] || group)),
      ...layers.map(([layer, index]) =>
        A.el("label", { class: "am-radio" },
          A.el("input", { type: "radio", name: "am-layer", value: index, checked: index === A.state.layer, onchange: choose }),
          A.text(layer.label)))));
  A.fill(A.byId("am-layer-list"), ...parts);
};

A.markLayerList = () => {
  for (const input of A.byId("am-layer-list").querySelectorAll("input")) {
    input.checked = Number(input.value) === A.state.layer;
  }
};

A.drawAbout = () => {
  const body = [];
  if (A.data.notes.length) {
    body.push(A.el("h3", {}, "Please read with the figures"),
      A.el("ul", { class: "am-warnings" }, ...A.data.notes.map((note) => A.el("li", {}, A.text(note.sentence)))));
  }
  const all = Object.values(A.data.sources);
  if (all.length) {
    body.push(A.el("h3", {}, "Sources"), A.el("ul", {}, ...all.map((source) =>
      A.el("li", {}, A.text(A.sourceLine(source)), source.attribution ? A.el("small", {}, A.text(source.attribution)) : null))));
  }
  const audience = A.data.audience === "public"
    ? "This copy is for the public: it holds no contacts and not the exact place of sensitive assets."
    : "This copy is for internal use: it may hold contacts and exact places. Do not publish it.";
  body.push(A.el("p", {}, audience), A.el("p", {}, A.tileWords()),
    A.el("p", {}, "Drawn with Leaflet 1.9.4 (BSD 2-Clause) and folium; colours from ColorBrewer (Apache 2.0) and Okabe and Ito."));
  A.fill(A.byId("am-about-body"), ...body);
};

A.tileWords = () => {
  const hosts = new Set();
  A.map.eachLayer((layer) => {
    if (!(layer instanceof L.TileLayer)) return;
    hosts.add(String(layer._url).replace(/^https?:\/\//, "").split("/")[0].replace("{s}.", ""));
  });
  return hosts.size
    ? `The background pictures come from ${[...hosts].join(", ")}: your browser asks there for each of them. Nothing else is asked from anyone.`
    : "This page is complete: it asks no other computer for anything and sends nothing.";
};
