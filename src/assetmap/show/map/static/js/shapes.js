// Shapes out of the packed columns, as points of the square world of web maps (side 256, the size at zoom 0).

/** @param {number} longitude @param {number} latitude */
export function toWorld(longitude, latitude) {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [
    ((longitude + 180) / 360) * 256,
    (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256,
  ];
}

/** @param {number} x @param {number} y */
export const toLatLng = (x, y) =>
  L.latLng((Math.atan(Math.sinh(Math.PI * (1 - y / 128))) * 180) / Math.PI, (x / 256) * 360 - 180);

/** @param {PackedPoints} packed @returns {Points} */
export function decodePoints(packed) {
  const scale = 10 ** packed.decimals;
  const count = packed.x.length;
  const points = { x: new Float64Array(count), y: new Float64Array(count) };
  let longitude = 0;
  let latitude = 0;
  for (let row = 0; row < count; row += 1) {
    const [east, north] = [packed.x[row], packed.y[row]];
    if (east === null || north === null) {
      points.x[row] = NaN;
      points.y[row] = NaN;
      continue;
    }
    longitude += east;
    latitude += north;
    [points.x[row], points.y[row]] = toWorld(longitude / scale, latitude / scale);
  }
  return points;
}

/** @param {PackedShapes} packed @returns {Shapes} */
export function decodeShapes(packed) {
  const scale = 10 ** packed.decimals;
  const shapes = {
    x: new Float64Array(packed.x.length),
    y: new Float64Array(packed.y.length),
    ringStart: new Uint32Array(packed.lengths.length + 1),
    shapeStart: new Uint32Array(packed.rings.length + 1),
    box: new Float64Array(packed.rings.length * 4),
  };
  let longitude = 0;
  let latitude = 0;
  for (let vertex = 0; vertex < packed.x.length; vertex += 1) {
    longitude += packed.x[vertex];
    latitude += packed.y[vertex];
    const point = toWorld(longitude / scale, latitude / scale);
    shapes.x[vertex] = point[0];
    shapes.y[vertex] = point[1];
  }
  packed.lengths.forEach((length, ring) => { shapes.ringStart[ring + 1] = shapes.ringStart[ring] + length; });
  packed.rings.forEach((rings, shape) => { shapes.shapeStart[shape + 1] = shapes.shapeStart[shape] + rings; });
  for (let shape = 0; shape < packed.rings.length; shape += 1) measureBox(shapes, shape);
  return shapes;
}

/** @param {Shapes} shapes @param {number} shape */
export function measureBox(shapes, shape) {
  const first = shapes.ringStart[shapes.shapeStart[shape]];
  const last = shapes.ringStart[shapes.shapeStart[shape + 1]];
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let vertex = first; vertex < last; vertex += 1) {
    if (shapes.x[vertex] < west) west = shapes.x[vertex];
    if (shapes.x[vertex] > east) east = shapes.x[vertex];
    if (shapes.y[vertex] < north) north = shapes.y[vertex];
    if (shapes.y[vertex] > south) south = shapes.y[vertex];
  }
  shapes.box.set([west, north, east, south], shape * 4);
}

/** @param {Shapes} shapes @param {number} shape @param {number} x @param {number} y */
export function contains(shapes, shape, x, y) {
  let inside = false;
  for (let ring = shapes.shapeStart[shape]; ring < shapes.shapeStart[shape + 1]; ring += 1) {
    const start = shapes.ringStart[ring];
    const end = shapes.ringStart[ring + 1];
    for (let here = start, before = end - 1; here < end; before = here, here += 1) {
      const [y1, y2] = [shapes.y[here], shapes.y[before]];
      if (y1 > y !== y2 > y && x < ((shapes.x[before] - shapes.x[here]) * (y - y1)) / (y2 - y1) + shapes.x[here]) {
        inside = !inside;
      }
    }
  }
  return inside;
}

/**
 * The shape under a point of the world, or -1.
 * @param {Shapes} shapes @param {number} x @param {number} y
 */
export function shapeAt(shapes, x, y) {
  const box = shapes.box;
  for (let shape = 0; shape < box.length / 4; shape += 1) {
    const at = shape * 4;
    const near = x >= box[at] && y >= box[at + 1] && x <= box[at + 2] && y <= box[at + 3];
    if (near && contains(shapes, shape, x, y)) return shape;
  }
  return -1;
}

/**
 * Middle of the largest ring by area: the centroid of a polygon.
 * @param {Shapes} shapes @param {number} shape
 */
export function middleOf(shapes, shape) {
  let best = { size: -1, x: NaN, y: NaN };
  for (let ring = shapes.shapeStart[shape]; ring < shapes.shapeStart[shape + 1]; ring += 1) {
    const found = ringMiddle(shapes, shapes.ringStart[ring], shapes.ringStart[ring + 1]);
    if (found.size > best.size) best = found;
  }
  return best;
}

/** @param {Shapes} shapes @param {number} start @param {number} end */
export function ringMiddle(shapes, start, end) {
  const [x0, y0] = [shapes.x[start], shapes.y[start]];
  let [twice, x, y] = [0, 0, 0];
  for (let here = start, before = end - 1; here < end; before = here, here += 1) {
    const [x1, y1] = [shapes.x[before] - x0, shapes.y[before] - y0];
    const [x2, y2] = [shapes.x[here] - x0, shapes.y[here] - y0];
    const cross = x1 * y2 - x2 * y1;
    twice += cross;
    x += (x1 + x2) * cross;
    y += (y1 + y2) * cross;
  }
  if (!twice) return { size: 0, x: x0, y: y0 };
  return { size: Math.abs(twice) / 2, x: x0 + x / (3 * twice), y: y0 + y / (3 * twice) };
}

/**
 * Put the outline of a shape into the path of a canvas, leaving out vertices closer than `step` pixels.
 * @param {CanvasRenderingContext2D} context @param {Shapes} shapes @param {number} shape @param {Frame} frame @param {number} step
 */
export function traceShape(context, shapes, shape, frame, step) {
  const { scale, left, top } = frame;
  for (let ring = shapes.shapeStart[shape]; ring < shapes.shapeStart[shape + 1]; ring += 1) {
    const start = shapes.ringStart[ring];
    const end = shapes.ringStart[ring + 1];
    let lastX = shapes.x[start] * scale - left;
    let lastY = shapes.y[start] * scale - top;
    context.moveTo(lastX, lastY);
    for (let vertex = start + 1; vertex < end; vertex += 1) {
      const x = shapes.x[vertex] * scale - left;
      const y = shapes.y[vertex] * scale - top;
      if (Math.abs(x - lastX) + Math.abs(y - lastY) < step) continue;
      context.lineTo(x, y);
      lastX = x;
      lastY = y;
    }
    context.closePath();
  }
}

/**
 * Put an open line into the path of a canvas, leaving out vertices closer than `step` pixels.
 * @param {CanvasRenderingContext2D} context @param {Shapes} shapes @param {number} line @param {Frame} frame @param {number} step
 */
export function traceLine(context, shapes, line, { scale, left, top }, step) {
  const end = shapes.ringStart[line + 1];
  let [lastX, lastY] = [Infinity, Infinity];
  for (let vertex = shapes.ringStart[line]; vertex < end; vertex += 1) {
    const x = shapes.x[vertex] * scale - left;
    const y = shapes.y[vertex] * scale - top;
    if (lastX === Infinity) context.moveTo(x, y);
    else if (vertex + 1 < end && Math.abs(x - lastX) + Math.abs(y - lastY) < step) continue;
    else context.lineTo(x, y);
    [lastX, lastY] = [x, y];
  }
}

/**
 * The row of the nearest point among some rows, or -1; points that are not known are left out.
 * @param {number} x @param {number} y @param {Points} points @param {Iterable<number>} rows
 */
export function nearestRow(x, y, points, rows) {
  let best = -1;
  let least = Infinity;
  for (const row of rows) {
    const away = Math.hypot(points.x[row] - x, points.y[row] - y);
    if (away < least) [best, least] = [row, away];
  }
  return best;
}

/**
 * The nearest point in a direction, or -1; what lies aside counts as farther.
 * @param {number} x @param {number} y @param {number[]} direction east and south
 * @param {Points} points @param {Iterable<number>} rows
 */
export function nextInDirection(x, y, [east, south], points, rows) {
  let best = -1;
  let least = Infinity;
  for (const row of rows) {
    const dx = points.x[row] - x;
    const dy = points.y[row] - y;
    const along = dx * east + dy * south;
    const aside = Math.abs(dx * south) + Math.abs(dy * east);
    if (!(along > 0) || aside > along * 2) continue;
    const cost = along + aside * 1.5;
    if (cost < least) [best, least] = [row, cost];
  }
  return best;
}
