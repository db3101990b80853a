// The table twin: everything the map shows, to be read, sorted, searched and saved without the map.

const PAGE_ROWS = 100;

A.table = { kind: "areas", sort: null, down: false, page: 0, wanted: "" };

A.areaColumns = () => {
  const columns = [
    { name: "Neighbourhood", value: (area) => A.nameOf(area), text: true },
    { name: "Code", value: (area) => A.data.areas.codes[area], text: true },
    ...(A.marks.places ? [{ name: "Near", value: (area) => A.nearestPlace(area), text: true }] : []),
    { name: "Residents", value: (area) => A.data.areas.people[area], words: (area) => A.number(A.data.areas.people[area]) },
  ];
  const chosenFirst = [A.layer(), ...A.data.layers.filter((layer) => layer !== A.layer())];
  for (const stored of chosenFirst) {
    if (stored.key === "population") continue;
    const layer = A.shown(stored);
    const unit = layer.unit ? ` (${layer.unit})` : "";
    const trial = layer === stored ? "" : ", trial";
    const isText = !layer.values;
    columns.push({
      name: layer.label + unit + trial,
      text: isText,
      value: (area) => (isText ? (A.wordsOf(layer, area) === "not known" ? null : A.wordsOf(layer, area)) : A.valueOf(layer, area)),
      words: (area) => (isText ? A.wordsOf(layer, area) : A.number(A.valueOf(layer, area), layer.decimals)) + (A.isUnsure(layer, area) ? " (unreliable)" : ""),
    });
    for (const end of ["low", "high"]) {
      if (!layer[end]) continue;
      const at = (area) => (layer[end][area] === null ? null : layer[end][area] / 10 ** layer.decimals);
      columns.push({ name: `${layer.label}: ${end}`, value: at, words: (area) => A.number(at(area), layer.decimals) });
    }
  }
  if (A.data.assets) {
    const counts = new Array(A.areaCount()).fill(0);
    A.data.assets.areas.forEach((area, row) => { if (area >= 0 && A.marks.shown[row]) counts[area] += 1; });
    columns.push({ name: `${A.filterWords()} here (filtered)`, value: (area) => counts[area], words: (area) => A.number(counts[area]) });
  }
  return columns;
};

A.assetColumns = () => {
  const assets = A.data.assets;
  const text = (name, coded, words) => ({ name, text: true, value: (row) => { const word = A.textOf(coded, row); return word ? (words ? words(word) : word) : null; } });
  const columns = [
    { name: "Name", text: true, value: (row) => assets.names[row] },
    text("Kind", assets.asset_type, (key) => A.label("asset_types", key)),
    { name: "Status", text: true, value: (row) => (A.state.switched.has(row) ? (A.isOpen(row) ? "open" : "closed") + " (trial)" : A.textOf(assets.status, row)) },
    text("Run by", assets.operator),
    { name: "Who runs it", text: true, value: (row) => A.sentenceCase(A.sectorOf(row).words) },
    text("Registered", assets.registered),
    { name: "Offers", text: true, value: (row) => A.saidWords("offers", row) || null },
    { name: "Asks for", text: true, value: (row) => A.saidWords("asks", row) || null },
    { name: "What people do together", text: true, value: (row) => A.saidWords("social_action", row) || null },
    text("Town", assets.town),
    text("Postcode", assets.postcode),
    { name: "Neighbourhood", text: true, value: (row) => (assets.areas[row] >= 0 ? A.nameOf(assets.areas[row]) : A.isBeyondBorder(row) ? "beyond the border" : null) },
    text("Placed by", assets.location_precision, (key) => key.replaceAll("_", " ")),
  ];
  for (const [name, column] of [["Website", "website"], ["E-mail", "email"], ["Telephone", "phone"], ["Remark", "note"]]) {
    if (assets[column]) columns.push(text(name, assets[column]));
  }
  return columns.filter((column) => column.name === "Name" || assets.names.some((unused, row) => column.value(row)));
};

A.tableRows = (columns) => {
  const { kind, sort, down, wanted } = A.table;
  let rows = kind === "areas" ? [...Array(A.areaCount()).keys()] : [...A.marks.shown.keys()].filter((row) => A.marks.shown[row]);
  const key = A.plain(wanted).trim();
  if (key) rows = rows.filter((row) => columns.some((column) => column.text && A.plain(column.value(row) ?? "").includes(key)));
  const column = columns[sort];
  if (!column) return rows;
  const compare = (a, b) => {
    const [first, second] = [column.value(a), column.value(b)];
    if (first === null || second === null) return (first === null) - (second === null); // not known: always last
    const order = column.text ? A.byName(String(first), String(second)) : first - second;
    return down ? -order : order;
  };
  return rows.sort(compare);
};

A.drawTable = () => {
  if (A.state.view !== "table") return;
  const columns = A.table.kind === "areas" ? A.areaColumns() : A.assetColumns();
  const rows = A.tableRows(columns);
  const pages = Math.max(Math.ceil(rows.length / PAGE_ROWS), 1);
  A.table.page = Math.min(A.table.page, pages - 1);
  const shown = rows.slice(A.table.page * PAGE_ROWS, (A.table.page + 1) * PAGE_ROWS);
  const head = columns.map((column, at) => {
    const sorted = A.table.sort === at ? (A.table.down ? "descending" : "ascending") : undefined;
    const arrow = sorted ? (A.table.down ? " ↓" : " ↑") : "";
    return A.el("th", { scope: "col", "aria-sort": sorted, class: column.text ? "" : "am-figure" }, A.el("button", { type: "button", onclick: () => A.sortBy(at, column) }, A.text(column.name), arrow));
  });
  const body = shown.map((row) => A.el("tr", {}, ...columns.map((column, at) => A.cell(column, at, row))));
  const caption = `${A.number(rows.length)} of ${A.number(A.table.kind === "areas" ? A.areaCount() : A.marks.shown.length)} ${A.table.kind === "areas" ? "neighbourhoods" : "assets"}`;
  const focused = document.activeElement && document.activeElement.id;
  A.fill(A.byId("am-tableview"), ...A.tableHead(columns, rows),
    A.el("div", { class: "am-scroll", tabindex: "0", role: "region", "aria-label": "Table of figures, scrolls sideways" },
      A.el("table", { class: "am-table" }, A.el("caption", {}, caption), A.el("thead", {}, A.el("tr", {}, ...head)), A.el("tbody", {}, ...body))),
    pages > 1 ? A.pager(pages) : null);
  const again = focused && A.byId(focused);
  if (!again) return;
  again.focus();
  if (again.type === "search") again.setSelectionRange(again.value.length, again.value.length);
};

A.cell = (column, at, row) => {
  const value = column.value(row);
  const words = column.words ? column.words(row) : value ?? "not known";
  if (at > 0) return A.el("td", { class: column.text ? (String(words).length > 40 ? "am-long" : "") : "am-figure" }, A.text(words));
  const open = () => {
    A.setView("map");
    if (A.table.kind === "areas") A.goTo({ kind: "area", row });
    else A.goTo({ kind: "asset", row });
  };
  return A.el("th", { scope: "row" }, A.el("button", { type: "button", class: "am-inline", onclick: open }, A.text(words)));
};

A.tableHead = (columns, rows) => {
  const kinds = A.data.assets ? [["areas", "Neighbourhoods"], ["assets", "Assets"]] : [["areas", "Neighbourhoods"]];
  const choose = kinds.map(([kind, words]) => A.el("button", {
    type: "button", id: `am-table-${kind}`, "aria-pressed": String(A.table.kind === kind), onclick: () => { Object.assign(A.table, { kind, sort: null, down: false, page: 0 }); A.drawTable(); },
  }, words));
  const search = A.el("input", { type: "search", id: "am-table-search", value: A.table.wanted, oninput: (event) => { A.table.wanted = event.target.value; A.table.page = 0; A.drawTable(); } });
  const save = () => A.saveCsv(`${A.table.kind}.csv`, columns.map((column) => column.name), rows.map((row) => columns.map((column) => column.value(row))));
  const filtered = A.data.assets ? A.el("p", { class: "am-sub" }, `The filter shows ${A.number(A.marks.count)} of ${A.number(A.marks.shown.length)} assets: ${A.filterWords()}.`) : null;
  return [A.el("h2", {}, "Everything on the map, as a table"), A.el("p", { class: "am-lead", id: "am-table-sentence" }, A.text(A.sentences())), filtered,
    A.el("div", { class: "am-tabletools" }, A.el("div", { class: "am-switch", role: "group", "aria-label": "Rows of the table" }, ...choose),
      A.el("label", { for: "am-table-search" }, "Only rows with"), search,
      A.el("button", { type: "button", class: "am-button", id: "am-table-save", onclick: save }, "Save as CSV"))];
};

A.pager = (pages) => {
  const go = (page) => { A.table.page = page; A.drawTable(); };
  const words = `Page ${A.table.page + 1} of ${pages}`;
  return A.el("nav", { class: "am-pager", "aria-label": "Pages of the table" },
    A.el("button", { type: "button", class: "am-button", id: "am-page-back", disabled: A.table.page === 0, onclick: () => go(A.table.page - 1) }, "Back"), A.el("span", {}, words),
    A.el("button", { type: "button", class: "am-button", id: "am-page-on", disabled: A.table.page >= pages - 1, onclick: () => go(A.table.page + 1) }, "Next"));
};

A.sortBy = (at, column) => {
  const again = A.table.sort === at;
  A.table.down = again ? !A.table.down : !column.text;
  A.table.sort = at;
  A.table.page = 0;
  A.drawTable();
  A.byId("am-tableview").querySelectorAll("thead button")[at].focus();
  A.say(`Sorted by ${column.name}, ${A.table.down ? "highest" : "lowest"} first.`);
};

// A cell that a spreadsheet would take for a formula gets an apostrophe in front.
A.csvCell = (value) => {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

A.toCsv = (head, rows) => "\ufeff" + [head, ...rows].map((row) => row.map(A.csvCell).join(",")).join("\r\n") + "\r\n";

A.saveCsv = (name, head, rows) => {
  const address = URL.createObjectURL(new Blob([A.toCsv(head, rows)], { type: "text/csv" }));
  const link = A.el("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  A.say(`Saved ${name}.`);
};

A.setView = (view) => {
  A.set({ view });
  A.byId("am-mapview").hidden = view !== "map";
  A.byId("am-tableview").hidden = view !== "table";
  A.byId("am-show-map").setAttribute("aria-pressed", String(view === "map"));
  A.byId("am-show-table").setAttribute("aria-pressed", String(view === "table"));
  if (view === "map") A.map.invalidateSize({ animate: false });
  else A.drawTable();
};
