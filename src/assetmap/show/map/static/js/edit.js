// A page around the map that changes the register: it is told what is chosen here and where somebody points. Nothing is
// changed here, and a map that no page speaks to says only that it is ready.

import { app, register, whenChanged } from "./app.js";
import { announce, byId, el } from "./dom.js";

/** Waits until the page around this one opens a channel. A page that is not around this one is not heard. */
export function wireEditing() {
  if (window.parent === window) return;
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.assetmap !== "edit" || event.ports.length !== 1) return;
    speak(event.ports[0]);
  });
  window.parent.postMessage({ assetmap: "ready" }, "*");
}

/** @param {MessagePort} port */
function speak(port) {
  const tell = () => {
    const row = app.state.asset;
    port.postMessage(row >= 0 ? { asset: register().ids[row], name: register().names[row] } : { asset: null });
  };
  whenChanged("asset", tell);
  port.onmessage = (event) => { if (event.data?.point === true) askForPoint(port); };
  tell();
}

/**
 * Asks for a point: a click in the map, or Enter in its middle, where a cross is; Escape takes the question back.
 * @param {MessagePort} port
 */
function askForPoint(port) {
  if (byId("am-cross")) return;
  const box = app.map.getContainer();
  const cross = el("div", { id: "am-cross", class: "am-cross", "aria-hidden": "true" }, "+");
  /** @param {L.LatLng | null} spot */
  const answer = (spot) => {
    cross.remove();
    box.removeEventListener("click", onClick, true);
    box.removeEventListener("keydown", onKey, true);
    port.postMessage({ point: spot && [spot.lat, spot.lng] });
  };
  /** @param {MouseEvent} event */
  const onClick = (event) => {
    if (/** @type {Element} */ (event.target).closest(".leaflet-control")) return;
    event.stopPropagation();
    answer(app.map.mouseEventToLatLng(event));
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    answer(event.key === "Enter" ? app.map.getCenter() : null);
  };
  box.append(cross);
  box.addEventListener("click", onClick, true);
  box.addEventListener("keydown", onKey, true);
  box.focus();
  announce("Click in the map, or move it with Shift and the arrow keys and press Enter for the point under the cross. Escape ends it.");
}
