// The data of the page, what the reader has chosen, and the few helpers everything else uses.
// Text of the data reaches the screen by textContent only.

const A = { map: null, data: null, listeners: [], ready: false };

A.state = {
  layer: 0, // index of the layer drawn
  people: false, // circles by residents instead of land
  area: -1, // area whose card is open
  asset: -1, // asset whose card is open
  types: new Set(), // chosen codes of each filter
  operators: new Set(),
  statuses: new Set(),
  offers: new Set(), // resources: none chosen is all
  asks: new Set(),
  switched: new Map(), // trial: asset row -> open or not
  view: "map",
};

// Change the state and tell everyone who listens which parts changed.
A.set = (changes) => {
  const changed = new Set();
  for (const [key, value] of Object.entries(changes)) {
    A.state[key] = value;
    changed.add(key);
  }
  for (const [keys, listener] of A.listeners) {
    if (keys.some((key) => changed.has(key))) listener(changed);
  }
};

A.when = (keys, listener) => A.listeners.push([keys.split(" "), listener]);

A.unpack = async (text) => {
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
};

A.byId = (id) => document.getElementById(id);

// el("p", {class: "x", onclick: f}, "text", node): properties by name, text as text.
A.el = (tag, properties, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "colour") element.style.backgroundColor = A.colour(value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== ""));
  return element;
};

// Text out of the data: isolated, so that a right-to-left name does not turn its surroundings round.
A.text = (words, properties) => A.el("bdi", properties, String(words));

A.fill = (element, ...children) => {
  element.replaceChildren(...children.filter((child) => child !== undefined && child !== null));
  return element;
};

A.colour = (value) => (/^#[0-9a-f]{6}$/i.test(value) ? value : "#888888");

A.say = (sentence) => {
  A.byId("am-say").textContent = sentence;
};

A.number = (value, decimals = 0) =>
  value === null || value === undefined
    ? "not known"
    : Number(value).toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

// Under 1 km in steps of 10 m, so that nothing near becomes "0.0 km".
A.km = (metres) => (metres < 950 ? `${A.number(Math.round(metres / 10) * 10)} m` : `${A.number(metres / 1000, 1)} km`);

A.plural = (count, one, many) => `${A.number(count)} ${count === 1 ? one : many || one + "s"}`;

A.sentenceCase = (words) => words.charAt(0).toUpperCase() + words.slice(1);

A.smallInitial = (words) => words.charAt(0).toLowerCase() + words.slice(1);

A.label = (table, key) => {
  const known = A.data.assets && A.data.assets.labels[table];
  return known && Object.hasOwn(known, key) ? known[key] : A.sentenceCase(String(key).replaceAll("_", " "));
};

A.areaCount = () => A.data.areas.codes.length;

A.layer = () => A.data.layers[A.state.layer];

// The number of a layer for an area, in the unit shown; null where not known.
A.valueOf = (layer, area) => {
  if (!layer.values) return null;
  const stored = layer.values[area];
  return stored === null ? null : stored / 10 ** layer.decimals;
};

A.textOf = (coded, row) => (coded && coded.codes[row] >= 0 ? coded.words[coded.codes[row]] : "");

// The codes of a row that may have many.
A.codesOf = (coded, row) => (coded ? coded.lists[row].map((code) => coded.words[code]) : []);

A.classOf = (layer, area) => (layer.codes ? layer.codes.charCodeAt(area) - 97 : -1);
A.isKnown = (layer, area) => A.classOf(layer, area) >= 0;
A.isUnsure = (layer, area) => Boolean(layer.unreliable) && layer.unreliable[area] === "1";

// What a layer says about an area, in words, with its interval where there is one.
A.wordsOf = (layer, area) => {
  if (layer.text) return A.textOf(layer.text, area) || "not known";
  if (!layer.values) return A.isKnown(layer, area) ? layer.classes[A.classOf(layer, area)].label : "not known";
  const value = A.valueOf(layer, area);
  if (value === null) return "not known";
  let words = A.number(value, layer.decimals);
  if (layer.low && layer.low[area] !== null && layer.high[area] !== null) {
    const scale = 10 ** layer.decimals;
    const low = A.number(layer.low[area] / scale, layer.decimals);
    words += ` (${low} to ${A.number(layer.high[area] / scale, layer.decimals)})`;
  }
  return layer.unit ? `${words} ${layer.unit}` : words;
};

A.codesToText = (numbers) => numbers.map((code) => (code < 0 ? "." : String.fromCharCode(97 + code))).join("");

A.plain = (words) =>
  String(words).normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

A.byName = (a, b) => a.localeCompare(b, "en-GB", { numeric: true });
