// The address of the page holds what the reader sees, so that a link shows another person the same.

import { app, setState, whenChanged } from "./app.js";
import { FILTER_STATES } from "./filter_panel.js";
import { readFragment, writeFragment } from "./link.js";
import { setView } from "./table.js";

let lastLink = "";
let noAddress = false; // a page inside a notebook has no address of its own: then there is no link to share

export const linkToView = () => {
  writeLink();
  return noAddress ? "" : window.location.href;
};

function writeLink() {
  if (!app.ready) return;
  const { lat, lng } = app.map.getCenter();
  lastLink = writeFragment(app.state, { lat, lng, zoom: app.map.getZoom() }, app.data, app.filters);
  try {
    window.history.replaceState(null, "", lastLink);
  } catch (refused) {
    noAddress = refused instanceof DOMException;
  }
}

export const readLink = () => readFragment(window.location.hash, app.data, app.filters);

export function wireLink() {
  app.map.on("moveend", writeLink);
  whenChanged(`layer nine people area asset view switched ${FILTER_STATES}`, writeLink);
  window.addEventListener("hashchange", () => {
    if (window.location.hash === lastLink || !window.location.hash.includes("=")) return;
    const { changes, view, table } = readLink();
    if (view) app.map.setView([view[0], view[1]], view[2], { animate: false });
    app.tried.length = 0;
    setState(changes);
    setView(table ? "table" : "map");
  });
}
