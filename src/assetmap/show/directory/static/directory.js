"use strict";
// The page is a plain list; this script hides what was not asked for and draws the map.
(() => {
const AT_ONCE = 50;
const CELL = 36; // pixels: marks nearer than this are drawn as one
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);
const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/['’‘`]/g, "").toLowerCase();
const many = (count, one, more) => `${count.toLocaleString("en-GB")} ${count === 1 ? one : more}`;

const list = byId("list");
const form = byId("find");
const items = [...list.children].map((li) => {
  const [kind, day, place, cost, steps, swap, point] = li.dataset.f.split("|");
  const xy = point ? point.split(",").map(Number) : null;
  return { li, kind, day, place, cost, steps, swap, xy, name: li.firstElementChild.textContent, text: fold(li.textContent) };
});
const FILTERS = ["kind", "day", "place", "cost", "steps", "swap"].filter((name) => byId(name));
const SAID = new Set(["day", "cost", "steps", "place"]); // empty there means: not known
let found = items;
let shown = AT_ONCE;

function search() {
  const words = fold(byId("words").value).split(/\s+/).filter(Boolean);
  const chosen = FILTERS.map((name) => [name, byId(name).value]).filter(([, value]) => value !== "");
  const also = byId("maybe").checked;
  let unknown = 0;
  found = items.filter((item) => {
    if (!words.every((word) => item.text.includes(word))) return false;
    let doubt = false;
    for (const [name, value] of chosen) {
      const said = item[name];
      if (said === "" && SAID.has(name)) doubt = true;
      else if (name === "day" || name === "swap" ? !said.includes(value) : said !== value) return false;
    }
    if (doubt) unknown += 1;
    return !doubt || also;
  });
  shown = AT_ONCE;
  show();
  let words_ = `${many(found.length, "group or place", "groups and places")} found`;
  if (unknown && !also) words_ += `. ${many(unknown, "more", "more")} may fit: the list does not say.`;
  else if (unknown) words_ += `, ${unknown.toLocaleString("en-GB")} of them only perhaps: the list does not say.`;
  else words_ += ".";
  byId("status").textContent = words_;
}

function show() {
  list.replaceChildren(...found.slice(0, shown).map((item) => item.li));
  const rest = found.length - shown;
  byId("more").hidden = rest <= 0;
  byId("more").textContent = `Show ${Math.min(rest, AT_ONCE)} more of ${rest.toLocaleString("en-GB")}`;
  if (!byId("map").hidden) draw();
}

// ---- map
const chart = byId("chart");
const whole = chart.getAttribute("viewBox").split(" ").map(Number);
let view = [...whole];

function draw() {
  chart.setAttribute("viewBox", view.join(" "));
  const box = chart.getBoundingClientRect();
  if (!box.width) return;
  const unit = Math.max(view[2] / box.width, view[3] / box.height); // steps of the map in a pixel
  chart.style.setProperty("--unit", unit);
  const taken = [];
  for (const label of byId("labels").children) {
    const half = label.textContent.length * 3.6 * unit, x = +label.getAttribute("x"), y = +label.getAttribute("y");
    const free = taken.every(([l, t, r, b]) => x + half < l || x - half > r || y < t || y - 16 * unit > b);
    label.style.display = free ? "" : "none";
    label.style.fontSize = `${13 * unit}px`;
    label.setAttribute("dy", -22 * unit); // above the mark of the place itself
    if (free) taken.push([x - half, y - 16 * unit, x + half, y]);
  }
  const groups = [];
  let off = 0;
  for (const item of found) {
    if (!item.xy) { off += 1; continue; }
    const [x, y] = item.xy;
    if (x < view[0] || x > view[0] + view[2] || y < view[1] || y > view[1] + view[3]) continue;
    const near = groups.find((group) => Math.hypot(group[0].xy[0] - x, group[0].xy[1] - y) < CELL * unit);
    if (near) near.push(item);
    else groups.push([item]);
  }
  byId("marks").replaceChildren(...groups.map((group) => mark(group, unit)));
  byId("offmap").textContent = off ? `${many(off, "has", "have")} no exact location and ${off === 1 ? "is" : "are"} only in the list.` : "";
}

function mark(group, unit) {
  const x = group.reduce((sum, item) => sum + item.xy[0], 0) / group.length;
  const y = group.reduce((sum, item) => sum + item.xy[1], 0) / group.length;
  const made = document.createElementNS(SVG, "g");
  made.setAttribute("role", "button");
  made.setAttribute("tabindex", "0");
  const names = group.slice(0, 3).map((item) => item.name).join(", ");
  made.setAttribute("aria-label", group.length === 1 ? group[0].name : `${group.length} places: ${names}${group.length > 3 ? " and others" : ""}`);
  const circle = document.createElementNS(SVG, "circle");
  circle.setAttribute("cx", x);
  circle.setAttribute("cy", y);
  circle.setAttribute("r", (group.length === 1 ? 9 : 13 + Math.min(7, Math.log2(group.length))) * unit);
  const title = document.createElementNS(SVG, "title");
  title.textContent = made.getAttribute("aria-label");
  made.append(title, circle);
  if (group.length > 1) {
    const text = document.createElementNS(SVG, "text");
    text.setAttribute("x", x);
    text.setAttribute("y", y + 4.5 * unit);
    text.style.fontSize = `${13 * unit}px`;
    text.textContent = group.length;
    made.append(text);
  }
  const act = () => open(group, unit);
  made.addEventListener("click", act);
  made.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); act(); }
  });
  return made;
}

function open(group, unit) {
  const xs = group.map((item) => item.xy[0]), ys = group.map((item) => item.xy[1]);
  const wide = Math.max(...xs) - Math.min(...xs), high = Math.max(...ys) - Math.min(...ys);
  if (group.length > 1 && Math.max(wide, high) > 4 && view[2] > 60) {
    const width = Math.max(wide * 1.6, high * 1.6 * whole[2] / whole[3], 40);
    look((Math.max(...xs) + Math.min(...xs)) / 2, (Math.max(...ys) + Math.min(...ys)) / 2, width);
    chart.focus();
    return;
  }
  for (const item of items) item.li.classList.remove("found");
  const rest = found.filter((item) => !group.includes(item));
  found = [...group, ...rest];
  show();
  for (const item of group) item.li.classList.add("found");
  group[0].li.tabIndex = -1;
  group[0].li.focus();
  group[0].li.scrollIntoView({ block: "center" });
}

function look(x, y, width) {
  const w = Math.min(Math.max(width, 30), whole[2]), h = w * whole[3] / whole[2];
  const within = (from, size, all) => Math.min(Math.max(from, 0), all - size);
  view = [within(x - w / 2, w, whole[2]), within(y - h / 2, h, whole[3]), w, h];
  draw();
}
const zoom = (times) => look(view[0] + view[2] / 2, view[1] + view[3] / 2, view[2] * times);
const move = (right, down) => look(view[0] + view[2] * (0.5 + right), view[1] + view[3] * (0.5 + down), view[2]);
const KEYS = {
  "+": () => zoom(0.6), "=": () => zoom(0.6), "-": () => zoom(1.6),
  ArrowLeft: () => move(-0.25, 0), ArrowRight: () => move(0.25, 0), ArrowUp: () => move(0, -0.25), ArrowDown: () => move(0, 0.25),
};

chart.addEventListener("keydown", (event) => {
  if (event.target === chart && KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); }
});
let from = null;
chart.addEventListener("pointerdown", (event) => { from = [event.clientX, event.clientY, view[0], view[1]]; });
window.addEventListener("pointerup", () => { from = null; });
window.addEventListener("pointermove", (event) => {
  if (!from) return;
  const unit = view[2] / chart.getBoundingClientRect().width;
  const dx = event.clientX - from[0], dy = event.clientY - from[1];
  if (Math.hypot(dx, dy) < 4) return;
  look(from[2] - dx * unit + view[2] / 2, from[3] - dy * unit + view[3] / 2, view[2]);
});
byId("in").addEventListener("click", () => zoom(0.6));
byId("out").addEventListener("click", () => zoom(1.6));
byId("whole").addEventListener("click", () => { view = [...whole]; draw(); });
byId("view").addEventListener("click", () => {
  const on = byId("map").hidden;
  byId("map").hidden = !on;
  byId("view").setAttribute("aria-pressed", String(on));
  byId("view").textContent = on ? "Hide the map" : "Show the map";
  if (on) draw();
});
window.addEventListener("resize", () => { if (!byId("map").hidden) draw(); });

// ---- form
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", search);
form.addEventListener("reset", () => setTimeout(() => { search(); byId("words").focus(); }));
byId("print").addEventListener("click", () => window.print());
byId("more").addEventListener("click", () => {
  const before = list.children.length;
  shown += AT_ONCE;
  show();
  const next = list.children[before];
  if (next) { next.tabIndex = -1; next.focus(); }
});
// on paper all that was found, not only the first page of it
window.addEventListener("beforeprint", () => list.replaceChildren(...found.map((item) => item.li)));
window.addEventListener("afterprint", show);
form.hidden = false;
search();
document.body.dataset.painted = "yes";
})();
