// The layout of the page: tools within reach, the menu of a narrow screen, and a page that is part of another page.

import { app, currentLayer } from "./app.js";
import { byId, el, fillWith, isolated } from "./dom.js";
import { drawnLayer, isSimple, questionWords } from "./gaps.js";
import { keyWords } from "./share.js";

const NARROW_PX = 760;
const SHORT_PX = 520;

/** Whether the page is shown inside another page: map.html?embed */
export const isEmbedded = () => new URLSearchParams(window.location.search).has("embed");

export const isNarrow = () => document.body.classList.contains("am-narrow");

/** Lay the page out for its window: beside the map there is room, on a phone everything goes above and below it. */
export function layOut() {
  const { classList } = document.body;
  classList.toggle("am-embed", isEmbedded());
  classList.toggle("am-narrow", window.innerWidth <= NARROW_PX || isEmbedded());
  classList.toggle("am-short-page", window.innerHeight <= SHORT_PX && !isEmbedded());
}

export const menuIsOpen = () => document.body.classList.contains("am-menu-open");

/** @param {boolean} [focusBack] */
export function closeMenu(focusBack = false) {
  const was = menuIsOpen();
  document.body.classList.remove("am-menu-open");
  byId("am-menu").setAttribute("aria-expanded", "false");
  if (was && focusBack) byId("am-menu").focus();
}

/**
 * Open a tool and close the other ones: it is in sight whatever stood above it.
 * @param {string} id
 */
function openTool(id) {
  for (const one of byId("am-side").querySelectorAll(":scope > details")) one.open = one.id === id;
  byId(id).scrollIntoView({ block: "start" });
  byId(id).querySelector("summary").focus({ preventScroll: true });
}

export function wireTools() {
  for (const button of document.querySelectorAll("[data-opens]")) {
    const id = button.getAttribute("data-opens") || "";
    /** @type {HTMLElement} */ (button).hidden = byId(id).hidden;
    button.addEventListener("click", () => openTool(id));
  }
  byId("am-menu").addEventListener("click", () => {
    const open = document.body.classList.toggle("am-menu-open");
    byId("am-menu").setAttribute("aria-expanded", String(open));
    if (open) byId("am-menu-close").focus();
  });
  byId("am-menu-close").addEventListener("click", () => closeMenu(true));
  window.addEventListener("resize", () => { if (!app.printing) layOut(); });
}

/**
 * Inside another page the wheel and one finger scroll that page: the buttons, Ctrl with the wheel, and two fingers move the map.
 */
export function leaveScrollingToThePage() {
  if (!isEmbedded()) return;
  app.map.scrollWheelZoom.disable();
  if (L.Browser.mobile) app.map.dragging.disable();
  app.map.getContainer().addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    app.map.setZoomAround(app.map.mouseEventToContainerPoint(event), app.map.getZoom() - Math.sign(event.deltaY));
  }, { passive: false });
}

/** What a map inside another page says of itself: its question, its key and the way to the whole page. */
export function drawEmbedded() {
  if (!isEmbedded()) return;
  const layer = drawnLayer();
  const full = window.location.href.replace(/\?[^#]*/, "");
  const box = byId("am-embedded");
  box.hidden = false;
  const internal = app.data.audience === "internal" ? el("strong", {}, byId("am-audience").textContent) : null;
  fillWith(box, el("strong", {}, isolated(app.data.area_name ? `${app.data.area_name}: ${questionWords(currentLayer())}` : questionWords(currentLayer()))),
    ...keyWords(layer, isSimple(layer)).map(({ colour, words }) => el("span", {}, colour ? el("span", { class: "am-box", colour }) : el("span", { class: "am-box am-hatched" }), isolated(words))),
    internal, el("a", { href: full, target: "_blank", rel: "noopener" }, "Open the full map"));
}
