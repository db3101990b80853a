// The map in the frame is the very map.html, in a sandbox without any right to this page. It gets one end of a channel and says
// which asset is chosen, or where somebody pointed. Nothing changes by a message: a person presses a button of this page.
const section = document.getElementById("edit");
const frame = document.getElementById("map");
const now = document.getElementById("edit-now");
const chosen = document.getElementById("edit-chosen");
const field = { asset: document.getElementById("edit-asset"), point: document.getElementById("edit-point") };
const FIRST = now.textContent;
let port = null;
let wanted = "";

/** Returns whether a value is a short text. */
const isText = (value, most) => typeof value === "string" && value.length > 0 && value.length <= most;

/** Opens the channel to the document in the frame. */
function open() {
  const channel = new MessageChannel();
  port?.close();
  port = channel.port1;
  port.onmessage = (event) => hear(event.data);
  frame.contentWindow.postMessage({ assetmap: "edit" }, "*", [channel.port2]);
}

/** Takes what the map says, if it is one of the things that it may say. */
function hear(said) {
  if (typeof said !== "object" || said === null) return;
  if ("asset" in said) {
    const known = isText(said.asset, 200) && isText(said.name, 2000);
    field.asset.value = known ? said.asset : "";
    chosen.hidden = !known;
    now.textContent = known ? `Chosen: ${said.name.slice(0, 120)}` : FIRST;
    section.hidden = false;
  } else if ("point" in said && wanted) {
    const whole = Array.isArray(said.point) && said.point.length === 2 && said.point.every(Number.isFinite);
    const way = wanted;
    wanted = "";
    if (!whole) {
      now.textContent = field.asset.value ? "Nothing was moved" : FIRST;
      return;
    }
    field.point.value = said.point.map((each) => each.toFixed(6)).join(",");
    section.querySelector("form").requestSubmit(document.getElementById(way === "move" ? "edit-move" : "edit-new"));
  }
}

/** Asks the map for a point. */
function ask(way) {
  wanted = way;
  field.point.value = "";
  now.textContent = "Click in the map. By keyboard: Shift and the arrow keys move the map, Enter takes the point under the cross, Escape ends it.";
  frame.focus();
  port.postMessage({ point: true });
}

document.getElementById("edit-add").addEventListener("click", () => ask("add"));
document.getElementById("edit-move").addEventListener("click", (event) => {
  if (field.point.value) return;
  event.preventDefault();
  ask("move");
});
window.addEventListener("message", (event) => {
  if (event.source === frame.contentWindow && event.data?.assetmap === "ready") open();
});
open(); // it may have been ready before this page was
