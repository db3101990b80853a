// A point that is placed by keyboard or by a click: a picture of the areas around it, in metres of the national grid.
const box = document.getElementById("point");
const form = document.getElementById("point-form");
const east = document.getElementById("easting");
const north = document.getElementById("northing");
const now = document.getElementById("point-now");
const SPACE = "http://www.w3.org/2000/svg";
let view = Number(box.dataset.view);
let start = null;
let loaded = null;

/** Returns an element of the picture with its attributes. */
function drawn(name, values) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(values)) made.setAttribute(key, String(value));
  return made;
}

const svg = drawn("svg", { role: "img", "aria-hidden": "true", width: "100%", height: "100%" });
const ground = drawn("g", {});
const cross = drawn("g", { class: "app-cross" });
svg.append(ground, cross);
box.append(svg);

/** Returns the point of the form, or null. */
function point() {
  const at = [Number(east.value.replace(/[, ]/g, "")), Number(north.value.replace(/[, ]/g, ""))];
  return east.value.trim() && north.value.trim() && at.every(Number.isFinite) ? at : null;
}

/** Loads the outlines around a point, when it has left those that are there. */
async function loadGround(at) {
  if (loaded && Math.abs(at[0] - loaded[0]) < 1500 && Math.abs(at[1] - loaded[1]) < 1500) return;
  loaded = at;
  const answer = await fetch(`${box.dataset.ground}?easting=${at[0]}&northing=${at[1]}`);
  if (!answer.ok) return;
  const { shapes } = await answer.json();
  ground.replaceChildren();
  for (const shape of shapes) {
    const line = shape.points.map(([x, y]) => `${x + at[0]},${-(y + at[1])}`).join(" ");
    const made = drawn("polygon", { points: line, class: "app-land" });
    const title = drawn("title", {});
    title.textContent = shape.name;
    made.append(title);
    ground.append(made);
  }
}

/** Draws the cross where the form says, in the middle of the picture. */
function draw() {
  const at = point();
  box.hidden = at === null;
  if (at === null) return;
  start = start ?? at;
  loadGround(at);
  svg.setAttribute("viewBox", `${at[0] - view} ${-at[1] - view} ${2 * view} ${2 * view}`);
  const arm = view / 14;
  cross.replaceChildren(
    drawn("circle", { cx: at[0], cy: -at[1], r: arm * 1.3, "vector-effect": "non-scaling-stroke" }),
    drawn("line", { x1: at[0] - arm * 2, x2: at[0] + arm * 2, y1: -at[1], y2: -at[1], "vector-effect": "non-scaling-stroke" }),
    drawn("line", { x1: at[0], x2: at[0], y1: -at[1] - arm * 2, y2: -at[1] + arm * 2, "vector-effect": "non-scaling-stroke" }),
  );
  const moved = Math.round(Math.hypot(at[0] - start[0], at[1] - start[1]));
  now.textContent = `${at[0]}, ${at[1]}. Moved by ${moved} m. The picture is ${Math.round(2 * view)} m wide.`;
}

/** Moves the point by metres. */
function move(x, y) {
  const at = point();
  if (at === null) return;
  east.value = String(Math.round(at[0] + x));
  north.value = String(Math.round(at[1] + y));
  draw();
}

box.addEventListener("keydown", (event) => {
  const by = event.shiftKey ? 1 : 10;
  const moves = { ArrowUp: [0, by], ArrowDown: [0, -by], ArrowLeft: [-by, 0], ArrowRight: [by, 0] };
  if (moves[event.key]) move(...moves[event.key]);
  else if (event.key === "Enter") form.requestSubmit();
  else if (event.key === "+" || event.key === "=") view = Math.max(view / 1.5, 50);
  else if (event.key === "-") view = Math.min(view * 1.5, 4000);
  else return;
  event.preventDefault();
  draw();
});
svg.addEventListener("click", (event) => {
  const area = svg.getBoundingClientRect();
  const side = Math.min(area.width, area.height);
  const x = ((event.clientX - area.left - area.width / 2) / side) * 2 * view;
  const y = ((event.clientY - area.top - area.height / 2) / side) * 2 * view;
  move(Math.round(x), Math.round(-y));
});
for (const field of [east, north]) field.addEventListener("change", draw);
draw();
