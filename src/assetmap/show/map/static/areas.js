// Small areas on the map: coloured by the chosen layer, as land or as circles of people.

const PAPER = "#f1eee7";
const LAND = "#eeece6";
const SEEN_BORDER_PX = 9; // areas of this mean width get a pale border; smaller ones are closed up in their own colour
const CIRCLES_SHARE = 0.3; // of the land that all circles together cover

A.areas = { shapes: null, middles: null, order: null };

A.prepareAreas = () => {
  const areas = A.data.areas;
  const shapes = A.decodeShapes(areas.shapes);
  const count = A.areaCount();
  const centres = areas.centres ? A.decodePoints(areas.centres) : null;
  const middles = { x: new Float64Array(count), y: new Float64Array(count) };
  let land = 0;
  for (let area = 0; area < count; area += 1) {
    const middle = A.middle(shapes, area);
    land += Math.max(middle.size, 0);
    const known = centres && !Number.isNaN(centres.x[area]);
    middles.x[area] = known ? centres.x[area] : middle.x;
    middles.y[area] = known ? centres.y[area] : middle.y;
  }
  A.areas = { shapes, middles, land, count };
  A.areas.mean = Math.sqrt(land / Math.max(count, 1));
  A.areas.residents = areas.people.reduce((sum, people) => sum + (people || 0), 0);
  A.areas.land = land;
  if (A.data.land) A.areas.around = A.decodeShapes(A.data.land);
};

A.hatch = (context, line, ground) => {
  const tile = document.createElement("canvas");
  tile.width = 6;
  tile.height = 6;
  const pen = tile.getContext("2d");
  if (ground) {
    pen.fillStyle = ground;
    pen.fillRect(0, 0, 6, 6);
  }
  pen.strokeStyle = line;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
};

// Layer as the trial left it: the distance and gap layers change with it.
A.shown = (layer) => (A.trial && A.trial.changed.get(layer.key)) || layer;

A.isInView = (frame, box, at) =>
  box[at + 2] * frame.scale >= frame.left && box[at] * frame.scale <= frame.left + frame.width &&
  box[at + 3] * frame.scale >= frame.top && box[at + 1] * frame.scale <= frame.top + frame.height;

A.paintAreas = function* (context, frame) {
  const layer = A.shown(A.layer());
  yield* A.paintAround(context, frame);
  const byClass = A.groupByClass(layer, frame);
  if (A.state.people) {
    yield* A.paintShapes(context, frame, [].concat(...byClass.values()), LAND, "#ffffff");
    yield* A.paintCircles(context, frame, layer);
    return;
  }
  for (const [key, areas] of byClass) {
    const fill = key < 0 ? A.hatch(context, "#8b8f94", "#ffffff") : A.colour(layer.colours[key]);
    yield* A.paintShapes(context, frame, areas, fill, null);
  }
  yield* A.paintUnsure(context, frame, layer);
};

A.groupByClass = (layer, frame) => {
  const groups = new Map();
  const box = A.areas.shapes.box;
  for (let area = 0; area < A.areas.count; area += 1) {
    if (!A.isInView(frame, box, area * 4)) continue;
    const key = A.classOf(layer, area);
    const group = groups.get(key < 0 ? -1 : key);
    if (group) group.push(area);
    else groups.set(key < 0 ? -1 : key, [area]);
  }
  return groups;
};

A.paintAround = function* (context, frame) {
  const around = A.areas.around;
  if (!around) return;
  context.fillStyle = PAPER;
  context.strokeStyle = "#c9c4b8";
  context.lineWidth = 0.8;
  for (let shape = 0; shape < around.box.length / 4; shape += 1) {
    if (!A.isInView(frame, around.box, shape * 4)) continue;
    context.beginPath();
    A.trace(context, around, shape, frame, 0.7);
    context.fill("evenodd");
    context.stroke();
    yield;
  }
};

// Without a pale border the stroke has the colour of the area: small urban areas stay whole at every size.
A.paintShapes = function* (context, frame, areas, fill, border) {
  const shapes = A.areas.shapes;
  const large = A.areas.mean * frame.scale >= SEEN_BORDER_PX;
  context.fillStyle = fill;
  context.strokeStyle = border || (large ? "rgba(255,255,255,0.75)" : fill);
  context.lineWidth = large || border ? 0.6 : 0.9;
  context.lineJoin = "round";
  for (let done = 0; done < areas.length; done += 1) {
    const at = areas[done] * 4;
    const width = (shapes.box[at + 2] - shapes.box[at]) * frame.scale;
    const height = (shapes.box[at + 3] - shapes.box[at + 1]) * frame.scale;
    if (width < 1.6 && height < 1.6) {
      const x = shapes.box[at] * frame.scale - frame.left;
      const y = shapes.box[at + 1] * frame.scale - frame.top;
      context.fillRect(x - 0.3, y - 0.3, Math.max(width, 1) + 0.6, Math.max(height, 1) + 0.6);
    } else {
      context.beginPath();
      A.trace(context, shapes, areas[done], frame, 0.8);
      context.fill("evenodd");
      context.stroke();
    }
    if (done % 64 === 63) yield;
  }
};

A.paintUnsure = function* (context, frame, layer) {
  if (!layer.unreliable) return;
  context.fillStyle = A.hatch(context, "rgba(255,255,255,0.85)", null);
  for (let area = 0; area < A.areas.count; area += 1) {
    if (!A.isUnsure(layer, area) || !A.isKnown(layer, area)) continue;
    if (!A.isInView(frame, A.areas.shapes.box, area * 4)) continue;
    context.beginPath();
    A.trace(context, A.areas.shapes, area, frame, 0.8);
    context.fill("evenodd");
    if (area % 64 === 63) yield;
  }
};

A.circleRadius = (area, scale) => {
  const people = A.data.areas.people[area] || 0;
  const share = people / Math.max(A.areas.residents, 1);
  return Math.max(Math.sqrt((share * A.areas.land * CIRCLES_SHARE) / Math.PI) * scale, people ? 1.2 : 0);
};

A.paintCircles = function* (context, frame, layer) {
  const { middles, count } = A.areas;
  const unknown = A.hatch(context, "#8b8f94", "#ffffff");
  const unsure = A.hatch(context, "rgba(255,255,255,0.85)", null);
  const largestFirst = [...Array(count).keys()].sort(
    (a, b) => (A.data.areas.people[b] || 0) - (A.data.areas.people[a] || 0),
  );
  context.strokeStyle = "rgba(38,50,62,0.7)";
  context.lineWidth = 0.7;
  for (let done = 0; done < count; done += 1) {
    const area = largestFirst[done];
    const x = middles.x[area] * frame.scale - frame.left;
    const y = middles.y[area] * frame.scale - frame.top;
    const radius = A.circleRadius(area, frame.scale);
    if (x < -radius || y < -radius || x > frame.width + radius || y > frame.height + radius) continue;
    const known = A.isKnown(layer, area);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = known ? A.colour(layer.colours[A.classOf(layer, area)]) : unknown;
    context.fill();
    if (known && A.isUnsure(layer, area)) {
      context.fillStyle = unsure;
      context.fill();
    }
    context.stroke();
    if (done % 128 === 127) yield;
  }
};

// The area under a point of the map: its circle where circles are drawn, else its land.
A.areaAt = (latlng) => {
  const [x, y] = A.world(latlng.lng, latlng.lat);
  if (A.state.people) {
    const scale = 2 ** A.map.getZoom();
    let best = -1;
    for (let area = 0; area < A.areas.count; area += 1) {
      const away = Math.hypot(A.areas.middles.x[area] - x, A.areas.middles.y[area] - y) * scale;
      const better = best < 0 || (A.data.areas.people[area] || 0) < (A.data.areas.people[best] || 0);
      if (away <= A.circleRadius(area, scale) && better) best = area;
    }
    if (best >= 0) return best;
  }
  return A.shapeAt(A.areas.shapes, x, y);
};

// Outline of the area that has the keyboard or whose card is open.
A.paintOutline = function* (context, frame) {
  for (const [area, colour, width] of [[A.state.area, "#111111", 2.5], [A.cursor, "#111111", 2.5]]) {
    if (area === undefined || area < 0) continue;
    context.lineJoin = "round";
    for (const [stroke, line] of [["#ffffff", width + 3], [colour, width]]) {
      context.strokeStyle = stroke;
      context.lineWidth = line;
      context.beginPath();
      A.trace(context, A.areas.shapes, area, frame, 0.5);
      context.stroke();
    }
  }
  yield;
};

A.showArea = (area, zoomIn) => {
  const box = A.areas.shapes.box.subarray(area * 4, area * 4 + 4);
  const bounds = L.latLngBounds(A.toLatLng(box[0], box[3]), A.toLatLng(box[2], box[1]));
  if (zoomIn) A.map.fitBounds(bounds.pad(1), { maxZoom: 12, animate: A.moves() });
  else if (!A.map.getBounds().contains(bounds.getCenter())) A.map.panTo(bounds.getCenter(), { animate: A.moves() });
};

A.moves = () => !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
