// The few helpers that make elements. Text of the data reaches the screen by textContent only.

/** @param {string} id @returns {any} the element: every id asked for is in page.html or made before */
export const byId = (id) => document.getElementById(id);

/**
 * el("p", {class: "x", onclick: f}, "text", node): properties by name, text as text.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | null | undefined)} children
 * @returns {any}
 */
export function el(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "colour") element.style.backgroundColor = safeColour(value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

/**
 * Text out of the data: isolated, so that a right-to-left name does not turn its surroundings round.
 * @param {unknown} words @param {Record<string, any>} [properties]
 */
export const isolated = (words, properties) => el("bdi", properties, String(words));

/** @param {HTMLElement} element @param {...(Node | string | null | undefined)} children */
export function fillWith(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** @param {(Node | string | null | undefined)[]} children */
const present = (children) =>
  /** @type {(Node | string)[]} */ (children.filter((child) => child !== undefined && child !== null && child !== ""));

/** @param {string} value */
export const safeColour = (value) => (/^#[0-9a-f]{6}$/i.test(value) ? value : "#888888");

/** @param {string} sentence read out by a screen reader */
export function announce(sentence) {
  byId("am-say").textContent = sentence;
}

/** @param {HTMLCanvasElement} canvas */
export const pencil = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
