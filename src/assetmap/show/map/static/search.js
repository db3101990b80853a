// Find an area, an asset, a place, a postcode or a thing to borrow; a place or postcode is answered with the nearest
// assets, a thing with those that offer or ask for it.

const MOST_FOUND = 12;
const METRES_PER_DEGREE = 111320;

A.prepareSearch = () => {
  const entries = [];
  const add = (kind, names, extra) => names.forEach((name, row) => {
    entries.push({ kind, row, name, key: A.plain(extra ? `${name} ${extra[row]}` : name) });
  });
  add("area", A.data.areas.names, A.data.areas.codes);
  if (A.data.places) add("place", A.data.places.names);
  if (A.data.assets) {
    add("asset", A.data.assets.names);
    const lent = A.filters.filter((one) => one.many);
    for (const one of lent) add(one.state, A.data.assets[one.column].words.map(one.words));
    if (lent.length) document.querySelector("label[for='am-search']").textContent = "Find a place, postcode, library or thing to borrow";
  }
  A.entries = entries;
  if (A.data.postcodes) A.preparePostcodes();
  A.wireSearch();
};

A.preparePostcodes = () => {
  const packed = A.data.postcodes;
  let before = "";
  const codes = packed.codes.map((word) => {
    before = before.slice(0, Number(word[0])) + word.slice(1);
    return before;
  });
  let area = 0;
  const areas = packed.areas.map((step) => (area += step));
  A.postcodes = { codes, areas, points: A.decodePoints(packed.points), keys: codes.map((code) => code.replace(" ", "").toLowerCase()) };
};

A.find = (typed) => {
  const wanted = A.plain(typed).trim();
  if (wanted.length < 2) return [];
  const found = [];
  if (A.postcodes) {
    const key = wanted.replaceAll(" ", "");
    if (/^[a-z]{1,2}\d/.test(key)) {
      for (let row = 0; row < A.postcodes.keys.length && found.length < 6; row += 1) {
        if (A.postcodes.keys[row].startsWith(key)) found.push({ kind: "postcode", row, name: A.postcodes.codes[row], score: 0 });
      }
    }
  }
  const order = { place: 1, offers: 1, asks: 1.5, asset: 2, area: 3 };
  const rest = [];
  for (const entry of A.entries) {
    const at = entry.key.indexOf(wanted);
    if (at < 0) continue;
    const start = at === 0 ? 0 : /\W/.test(entry.key[at - 1]) ? 4 : 8;
    rest.push({ ...entry, score: start + order[entry.kind] });
  }
  rest.sort((a, b) => a.score - b.score || A.byName(a.name, b.name));
  return found.concat(rest).slice(0, MOST_FOUND);
};

const KIND_WORDS = { area: "neighbourhood", place: "place", asset: "asset", postcode: "postcode" };

A.wireSearch = () => {
  const input = A.byId("am-search");
  const list = A.byId("am-found");
  let results = [];
  let active = -1;
  const show = () => {
    A.fill(list, ...results.map((result, at) => A.el("li", {
      role: "option", id: `am-found-${at}`, "aria-selected": String(at === active), onmousedown: (event) => { event.preventDefault(); choose(at); },
    }, A.text(result.name.slice(0, 200)), A.el("span", { class: "am-count" }, A.kindOf(result)))));
    list.hidden = !results.length;
    input.setAttribute("aria-expanded", String(results.length > 0));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `am-found-${active}`);
      A.byId(`am-found-${active}`).scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const choose = (at) => {
    const result = results[at];
    results = [];
    active = -1;
    input.value = result.name.slice(0, 200);
    show();
    A.goTo(result);
  };
  input.addEventListener("input", () => {
    results = A.find(input.value);
    active = -1;
    show();
    if (input.value.trim().length > 1) A.say(results.length ? `${A.plural(results.length, "result")}` : "Nothing found.");
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!results.length) return;
      event.preventDefault();
      active = (active + (event.key === "ArrowDown" ? 1 : -1) + results.length) % results.length;
      show();
    } else if (event.key === "Enter" && results.length) {
      event.preventDefault();
      choose(Math.max(active, 0));
    } else if (event.key === "Escape") {
      results = [];
      active = -1;
      show();
    }
  });
  input.addEventListener("blur", () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); });
};

A.kindOf = (result) => {
  if (result.kind === "offers" || result.kind === "asks") {
    const count = A.data.assets[result.kind].lists.filter((codes, row) => codes.includes(result.row) && A.state.statuses.has(A.textOf(A.data.assets.status, row))).length;
    return `${result.kind === "offers" ? "offered" : "asked for"} by ${A.number(count)}`;
  }
  if (result.kind !== "asset") return KIND_WORDS[result.kind];
  const town = A.textOf(A.data.assets.town, result.row);
  const kind = A.label("asset_types", A.textOf(A.data.assets.asset_type, result.row)).toLowerCase();
  return town ? `${kind}, ${town}` : kind;
};

A.goTo = (result) => {
  A.closeMenu();
  A.byId("am-answer").hidden = true;
  if (result.kind === "area") {
    A.set({ area: result.row, asset: -1 });
    A.showArea(result.row, true);
  } else if (result.kind === "asset") A.goToAsset(result.row);
  else if (result.kind === "offers" || result.kind === "asks") A.showSayers(result);
  else {
    const points = result.kind === "place" ? A.marks.places : A.postcodes.points;
    const spot = A.toLatLng(points.x[result.row], points.y[result.row]);
    const inside = result.kind === "postcode" ? A.postcodes.areas[result.row] : A.areaAt(spot);
    A.answer(result.name, spot, inside);
  }
};

// Show only who offers or asks for a thing, and name them.
A.showSayers = (result) => {
  const one = A.filters.find((other) => other.state === result.kind);
  const kinds = A.widened || A.state.types.size === A.openingTypes().size ? {} : { types: new Set(A.data.assets.asset_type.words) };
  A.set({ area: -1, asset: -1, offers: new Set(), asks: new Set(), ...kinds });
  A.choose(one, [A.data.assets[one.column].words[result.row]]);
  const rows = [...A.marks.shown.keys()].filter((row) => A.marks.shown[row]);
  A.showCardOfMany(rows, `${result.name}: ${A.kindOf(result)}`, A.el("span", {}, "The map shows only these now. ",
    A.el("button", { type: "button", class: "am-inline", onclick: () => { A.choose(one, []); A.closeCard(true); } }, "Show all again")));
};

A.goToAsset = (row) => {
  const { x, y } = A.marks.points;
  A.set({ asset: row });
  if (Number.isNaN(x[row])) return;
  A.map.setView(A.toLatLng(x[row], y[row]), Math.max(A.map.getZoom(), 13), { animate: A.moves() });
};

// Metres between two points, good to a few metres over the distances of a county.
A.metresBetween = (a, b) => {
  const across = Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  const east = (a.lng - b.lng) * across * METRES_PER_DEGREE * 1.00112;
  const north = (a.lat - b.lat) * METRES_PER_DEGREE * 0.99928;
  return Math.hypot(east, north);
};

A.nearestAssets = (spot, count) => {
  const rows = A.trial ? [...A.trial.rows.keys()].filter(A.isOpen) : [...A.marks.shown.keys()].filter((row) => A.marks.shown[row]);
  const { x, y } = A.marks.points;
  return rows.filter((row) => !Number.isNaN(x[row]))
    .map((row) => [row, A.metresBetween(spot, A.toLatLng(x[row], y[row]))])
    .sort((a, b) => a[1] - b[1]).slice(0, count);
};

A.answer = (name, spot, area) => {
  A.map.setView(spot, Math.max(A.map.getZoom(), 12), { animate: A.moves() });
  if (A.pin) A.pin.remove();
  A.pin = L.marker(spot, { icon: L.divIcon({ className: "am-pin", iconSize: [22, 22] }), keyboard: false, interactive: false }).addTo(A.map);
  const near = A.data.assets ? A.nearestAssets(spot, 3) : [];
  const what = A.trial ? `open ${A.label("asset_types", A.data.trial.type).toLowerCase()}` : "asset";
  const words = near.length
    ? `Nearest ${what} to ${name}: ${near.map(([row, metres]) => `${A.data.assets.names[row].slice(0, 120)} ${A.km(metres)}`).join(", then ")}.`
    : name;
  const box = A.byId("am-answer");
  A.fill(box, A.el("p", {}, A.text(words)), area >= 0
    ? A.el("button", { type: "button", class: "am-inline", onclick: () => { A.set({ area, asset: -1 }); } }, "Figures for ", A.text(A.nameOf(area))) : null);
  box.hidden = false;
  A.say(words);
  if (area >= 0) A.set({ area, asset: -1 });
};
