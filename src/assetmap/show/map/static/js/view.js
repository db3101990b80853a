// The part of the country in view: at first the whole place, fitted into the room that the map has.

import { app } from "./app.js";

const EDGE_PX = 14;

/** @type {{lat: number, lng: number, zoom: number} | null} the view that shows the whole place, while the reader keeps it */
let home = null;

/**
 * Fill the view, between the steps of the zoom buttons if need be.
 * @param {L.LatLngBounds} bounds @param {[number, number]} padding
 */
export function fitWhole(bounds, padding) {
  const step = app.map.options.zoomSnap;
  app.map.options.zoomSnap = 0;
  app.map.fitBounds(bounds, { animate: false, padding });
  app.map.options.zoomSnap = step;
}

export function goHome() {
  fitWhole(app.bounds, [EDGE_PX, EDGE_PX]);
  home = { ...here() };
}

const here = () => ({ lat: app.map.getCenter().lat, lng: app.map.getCenter().lng, zoom: app.map.getZoom() });

function isHome() {
  const now = here();
  return home !== null && Math.abs(now.zoom - home.zoom) < 0.01 && Math.abs(now.lat - home.lat) < 1e-4 && Math.abs(now.lng - home.lng) < 1e-4;
}

/**
 * Give the map the room that panels leave it: nothing ever lies over it. A place that was shown whole stays whole, unless a
 * card is about one spot of it.
 */
export function settleMap() {
  const whole = isHome() && app.state.area < 0 && app.state.asset < 0;
  app.map.invalidateSize({ animate: false, pan: false });
  if (whole) goHome();
}
