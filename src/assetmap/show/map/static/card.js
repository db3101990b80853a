// The card of an area or an asset: its figures in words, its interval and rank, why, and what is there.

A.cardParts = (title, subtitle, ...parts) => {
  const close = A.el("button", { type: "button", class: "am-close", onclick: () => A.closeCard(true) }, "Close");
  return [close, A.el("h2", { id: "am-card-title", tabindex: "-1" }, A.text(title)),
    subtitle ? A.el("p", { class: "am-sub" }, subtitle) : null, ...parts];
};

A.openCard = (parts, focus) => {
  const card = A.byId("am-card");
  A.fill(card, ...parts);
  card.hidden = false;
  card.scrollTop = 0;
  document.body.classList.add("am-has-card");
  if (focus) A.byId("am-card-title").focus();
};

// Move the map so that what the card is about does not lie under it or under the legend.
A.uncover = (spot) => {
  const size = A.map.getSize();
  const card = A.byId("am-card").getBoundingClientRect();
  const legend = A.byId("am-legend").getBoundingClientRect();
  const below = card.width > size.x * 0.8;
  const left = below || legend.width * 2 > size.x ? 20 : legend.width + 30;
  A.map.panInside(spot, {
    paddingTopLeft: [left, 30], paddingBottomRight: below ? [20, card.height + 20] : [card.width + 76, 30], animate: A.moves(),
  });
};

A.closeCard = (focusBack) => {
  A.byId("am-card").hidden = true;
  if (A.chosen) A.chosen.remove();
  document.body.classList.remove("am-has-card");
  A.set({ area: -1, asset: -1 });
  if (focusBack && A.state.view === "map") A.map.getContainer().focus();
};

A.showAreaCard = (area, focus) => {
  const assets = A.assetsIn(area);
  const people = A.data.areas.people[area];
  const year = A.data.areas.people_year ? ` (${A.data.areas.people_year})` : "";
  const near = A.nearestPlace(area);
  const subtitle = A.el("span", {}, near ? A.text(`near ${near}`) : null, near ? " · " : null, A.text(A.data.areas.codes[area]), " · ",
    people === null ? "residents not known" : `${A.plural(people, "resident")}${year}`);
  A.openCard(A.cardParts(A.nameOf(area), subtitle, A.headline(area), A.figures(area), A.assetList(assets)), focus);
};

// What the layer on the map says about the area, large.
A.headline = (area) => {
  const layer = A.shown(A.layer());
  const code = A.classOf(layer, area);
  const box = code < 0 ? A.el("span", { class: "am-box am-hatched" }) : A.el("span", { class: "am-box", colour: layer.colours[code] });
  const lines = [A.el("p", { class: "am-headline" }, box, A.el("strong", {}, A.text(A.wordsOf(layer, area))), A.el("span", {}, A.text(layer.label)))];
  const rank = A.rankOf(layer, area);
  if (rank) lines.push(A.el("p", { class: "am-sub" }, `Number ${A.number(rank)} of ${A.number(A.areaCount())} from the highest value.`));
  if (A.isUnsure(layer, area)) lines.push(A.el("p", { class: "am-warn" }, "Unreliable: do not lean on this value alone."));
  const why = A.layerByKey("gap_reason");
  if (why && layer.group === "gaps" && A.textOf(why.text, area)) lines.push(A.el("p", {}, A.text(A.textOf(why.text, area))));
  return A.el("div", {}, ...lines);
};

A.figures = (area) => {
  const groups = new Map();
  for (const layer of A.data.layers) {
    if (layer.key === "gap_reason" || layer.key === "population") continue;
    if (!groups.has(layer.group)) groups.set(layer.group, []);
    groups.get(layer.group).push(A.shown(layer));
  }
  const parts = [...groups].map(([group, layers]) => A.el("tbody", {},
    A.el("tr", {}, A.el("th", { colspan: "2", scope: "rowgroup", class: "am-group" }, A.text(GROUP_WORDS[group] || group))),
    ...layers.map((layer) => A.el("tr", {}, A.el("th", { scope: "row" }, A.text(layer.label)), A.el("td", {}, A.text(A.wordsOf(layer, area)))))));
  return A.el("details", { class: "am-figures", open: true }, A.el("summary", {}, "All figures"), A.el("table", {}, ...parts));
};

A.assetsIn = (area) => {
  const found = [];
  if (!A.data.assets) return found;
  A.data.assets.areas.forEach((inside, row) => { if (inside === area && A.passes(row)) found.push(row); });
  return found;
};

A.assetButton = (row) => A.el("li", {}, A.el("button", { type: "button", class: "am-link", onclick: () => A.set({ asset: row }) },
  A.swatch(A.sectorOf(row), A.isOpen(row) || A.textOf(A.data.assets.status, row) === "unknown"), A.text(A.data.assets.names[row])));

A.assetList = (rows) => {
  if (!A.data.assets) return null;
  const shown = rows.slice(0, 200);
  return A.el("div", {}, A.el("h3", {}, `Here, of what the filter shows: ${A.number(rows.length)}`), ...A.saidHere(rows),
    rows.length ? A.el("ul", { class: "am-list" }, ...shown.map(A.assetButton)) : null,
    rows.length > shown.length ? A.el("p", {}, `The table lists all ${A.number(rows.length)}.`) : null);
};

A.showCardOfMany = (rows, title = `${A.plural(rows.length, "asset")} here`, subtitle = "They share one place on the map, for instance a postcode or a village.") => {
  A.openCard(A.cardParts(title, subtitle,
    A.el("ul", { class: "am-list" }, ...rows.slice(0, 300).map(A.assetButton))), true);
  A.say(`${title}.`);
};

const PRECISION_WORDS = {
  point: "Placed exactly.",
  postcode: "Placed at the middle of its postcode.",
  postcode_district: "Placed at the middle of its postcode district: the true place may be kilometres away.",
  place: "Placed at the middle of its town or village.",
  area_only: "Not on the map: only the area is given.",
};

const SAID_LABELS = { offers: "resources", asks: "resources", social_action: "social_action" };

A.saidWords = (column, row) => A.codesOf(A.data.assets[column], row).map((key) => A.label(SAID_LABELS[column], key)).join(", ");

// What assets of one neighbourhood offer and ask for, most common first: "Hall or large room (3), Minibus".
A.saidHere = (rows) => [["offers", "Offered here: "], ["asks", "Asked for here: "]].map(([column, words]) => {
  const counts = new Map();
  for (const row of rows) for (const key of A.codesOf(A.data.assets[column], row)) counts.set(key, (counts.get(key) || 0) + 1);
  const order = [...counts].map(([key, count]) => [A.label("resources", key), count]).sort((a, b) => b[1] - a[1] || A.byName(a[0], b[0]));
  return order.length ? A.el("p", {}, A.el("strong", {}, words), A.text(order.map(([label, count]) => (count > 1 ? `${label} (${count})` : label)).join(", "))) : null;
});

A.assetFacts = (row) => {
  const assets = A.data.assets;
  const facts = [
    ["Kind", A.label("asset_types", A.textOf(assets.asset_type, row))],
    ["Status", A.sentenceCase((A.textOf(assets.status, row) || "not known").replace("unknown", "not known"))],
    ["Offers", A.saidWords("offers", row)],
    ["Asks for", A.saidWords("asks", row)],
    ["What people do together", A.saidWords("social_action", row)],
    ["Run by", A.textOf(assets.operator, row) || "not known"],
    ["Kind of operator", A.textOf(assets.operator_type, row) ? A.label("operator_types", A.textOf(assets.operator_type, row)) : "not known"],
    ["Building owned by", A.textOf(assets.owner, row)],
    ["On an official register", [A.textOf(assets.registered, row).replace("unknown", "not known"), A.textOf(assets.register, row), A.textOf(assets.registration_number, row)].filter(Boolean).join(", ")],
    ["Passed on by the council", [A.textOf(assets.devolved, row), A.textOf(assets.devolved_year, row)].filter(Boolean).join(", ")],
    ["Hours open in a week", A.textOf(assets.weekly_hours, row)],
    ["Address", [A.textOf(assets.address, row), A.textOf(assets.town, row), A.textOf(assets.postcode, row)].filter((word, at, all) => word && !all.slice(0, at).some((other) => other.includes(word))).join(", ")],
    ["Website", A.textOf(assets.website, row)],
    ["E-mail", A.textOf(assets.email, row)],
    ["Telephone", A.textOf(assets.phone, row)],
    ["Remark", A.textOf(assets.note, row)],
    ["Last checked", A.textOf(assets.checked_date, row)],
  ];
  return facts.filter(([, words]) => words);
};

A.showAssetCard = (row, focus) => {
  const assets = A.data.assets;
  const area = assets.areas[row];
  const rows = A.assetFacts(row).map(([name, words]) => A.el("tr", {}, A.el("th", { scope: "row" }, name), A.el("td", {}, A.text(words))));
  const precision = assets.sensitive && assets.sensitive[row] && A.data.audience === "public"
    ? "Its exact place is not published." : PRECISION_WORDS[A.textOf(assets.location_precision, row)];
  const inArea = area >= 0
    ? A.el("p", {}, "In ", A.el("button", { type: "button", class: "am-inline", onclick: () => A.set({ area, asset: -1 }) }, A.text(A.nameOf(area)))) : A.beyondWords(row);
  const sector = A.sectorOf(row);
  const subtitle = A.el("span", { class: "am-keyline" }, A.swatch(sector, A.isOpen(row) || A.textOf(assets.status, row) === "unknown"), A.el("span", {}, A.sentenceCase(sector.words)));
  A.openCard(A.cardParts(assets.names[row], subtitle, A.el("table", { class: "am-facts" }, A.el("tbody", {}, ...rows)),
    precision ? A.el("p", { class: "am-sub" }, precision) : null, inArea, A.trialButton(row)), focus);
};

A.beyondWords = (row) => {
  if (!A.isBeyondBorder(row)) return null;
  const place = A.data.area_name ? A.text(A.data.area_name) : "these areas";
  return A.el("p", {}, "It lies beyond the border of ", place, ": it counts for distances and access, and in no neighbourhood and no total.");
};

A.trialButton = (row) => {
  if (!A.trial || !A.trial.rows.has(row)) return null;
  const open = A.isOpen(row);
  return A.el("button", { type: "button", class: "am-button", onclick: () => { A.trySwitch(row, !open); A.showAssetCard(row, true); } },
    open ? "Try: what if it closed?" : "Try: what if it opened?");
};

// Say in one breath what the card shows.
A.readArea = (area) => `${A.placedName(area)}. ${A.layer().label}: ${A.wordsOf(A.shown(A.layer()), area)}.`;

A.readAsset = (row) => `${A.data.assets.names[row]}. ${A.label("asset_types", A.textOf(A.data.assets.asset_type, row))}, ${A.sectorOf(row).words}.${["offers", "asks"].map((column) => {
  const words = A.saidWords(column, row);
  return words ? ` ${column === "offers" ? "Offers" : "Asks for"}: ${words}.` : "";
}).join("")}`;
