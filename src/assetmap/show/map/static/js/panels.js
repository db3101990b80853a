// The list of layers, with the six that matter first, and what the page says about its figures.

import { app, layersByGroup, setState } from "./app.js";
import { byId, el, fillWith, isolated } from "./dom.js";
import { formatNumber } from "./format.js";
import { sourceLine } from "./legend.js";

const FIRST = 6;

/**
 * The layers that are offered at once: those that the table of layers marks, and as many others as there is room for.
 * @param {LayerRecord[]} layers
 */
export function firstLayers(layers) {
  const drawn = layers.filter((layer) => layer.kind !== "fact");
  if (drawn.length <= FIRST + 1) return drawn;
  const chosen = [...drawn.filter((layer) => layer.first), ...drawn.filter((layer) => !layer.first)].slice(0, FIRST);
  return drawn.filter((layer) => chosen.includes(layer));
}

export function drawLayerList() {
  const choose = (/** @type {any} */ event) => setState({ layer: Number(event.target.value) });
  /** @param {LayerRecord} layer */
  const radio = (layer) => {
    const value = app.data.layers.indexOf(layer);
    return el("label", { class: "am-radio" },
      el("input", { type: "radio", name: "am-layer", value, checked: value === app.state.layer, onchange: choose }), isolated(layer.label));
  };
  const first = firstLayers(app.data.layers);
  const rest = layersByGroup((layer) => layer.kind !== "fact" && !first.includes(layer));
  /** @param {[string, LayerRecord[]]} group */
  const fieldset = ([heading, layers]) => el("fieldset", {}, el("legend", {}, isolated(heading)), ...layers.map(radio));
  const alone = !rest.length ? layersByGroup((layer) => first.includes(layer)).map(fieldset)
    : [el("fieldset", {}, el("legend", { class: "am-hidden" }, "Main layers"), ...first.map(radio))];
  const count = rest.reduce((sum, [, layers]) => sum + layers.length, 0);
  fillWith(byId("am-layer-list"), ...alone,
    count ? el("details", { class: "am-more", id: "am-more" }, el("summary", {}, `More layers: ${formatNumber(count)}`), ...rest.map(fieldset)) : null);
  markLayerList();
}

export function markLayerList() {
  for (const input of byId("am-layer-list").querySelectorAll("input")) {
    input.checked = Number(input.value) === app.state.layer;
    const more = input.checked && input.closest("details");
    if (more) more.open = true;
  }
}

export function drawAbout() {
  const body = [];
  if (app.data.notes.length) {
    body.push(el("h3", {}, "Read this with the figures"),
      el("ul", { class: "am-warnings" }, ...app.data.notes.map((note) => el("li", {}, isolated(note.sentence)))));
  }
  const all = Object.values(app.data.sources);
  if (all.length) {
    body.push(el("h3", {}, "Sources"), el("ul", {}, ...all.map((source) =>
      el("li", {}, isolated(sourceLine(source)), source.attribution ? el("small", {}, isolated(source.attribution)) : null))));
  }
  const audience = app.data.audience === "public"
    ? "This copy is for the public. It has no contact details and does not give the exact location of sensitive assets."
    : "This copy is for internal use. It may have contact details and exact locations. Do not publish it.";
  body.push(el("p", {}, audience), el("p", {}, tileWords()),
    el("p", {}, "Drawn with Leaflet 1.9.4 (BSD 2-Clause) and folium; colours from ColorBrewer (Apache 2.0) and Okabe and Ito."));
  fillWith(byId("am-about-body"), ...body);
}

function tileWords() {
  const hosts = new Set();
  app.map.eachLayer((layer) => {
    if (!(layer instanceof L.TileLayer)) return;
    hosts.add(String(/** @type {any} */ (layer)._url).replace(/^https?:\/\//, "").split("/")[0].replace("{s}.", ""));
  });
  return hosts.size
    ? `Your browser downloads the background map from ${[...hosts].join(", ")}. It contacts no other website.`
    : "This page is complete. It downloads nothing and sends nothing.";
}
