// Assets and place names on the map. Shape and colour of a mark say who runs it; many marks close together become
// one circle with their number.

const SECTORS = {
  council: { shape: "square", colour: "#0b5394", words: "run by the council" },
  town_or_parish_council: { shape: "circle", colour: "#d9480f", words: "run by a town or parish council" },
  community: { shape: "triangle", colour: "#00795a", words: "run by a community body" },
  public: { shape: "diamond", colour: "#6b3fa0", words: "run by another public body" },
  private: { shape: "cross", colour: "#8a1c4a", words: "run by a company" },
  unknown: { shape: "ring", colour: "#333d47", words: "operator not known" },
  beyond_border: { shape: "wedge", colour: "#6b6b6b", words: "beyond the border" }, // whoever runs it
};

const CLUSTER_ABOVE = 150; // marks in view before any are put together
const CLUSTER_CELL_PX = 62;
const NO_CLUSTER_ZOOM = 16;

A.marks = { points: null, shown: null, count: 0, clusters: [] };

A.prepareMarks = () => {
  const assets = A.data.assets;
  A.marks.points = assets ? A.decodePoints(assets.points) : { x: new Float64Array(0), y: new Float64Array(0) };
  A.marks.shown = new Uint8Array(A.marks.points.x.length);
  A.marks.isMain = new Uint8Array(A.marks.points.x.length);
  const main = A.data.trial && A.data.trial.type;
  for (let row = 0; row < A.marks.isMain.length; row += 1) {
    A.marks.isMain[row] = main && A.textOf(assets.asset_type, row) === main ? 1 : 0;
  }
  if (A.data.places) A.marks.places = A.decodePoints(A.data.places.points);
};

A.sectorOf = (row) => SECTORS[A.textOf(A.data.assets.sector, row)] || SECTORS.unknown;

A.isBeyondBorder = (row) => A.textOf(A.data.assets.sector, row) === "beyond_border";

// Open or not, as the trial has it.
A.isOpen = (row) => {
  if (A.state.switched.has(row)) return A.state.switched.get(row);
  return A.textOf(A.data.assets.status, row) === "open";
};

// Groups of marks for a zoom: cells of a grid fixed to the world, so that panning changes nothing.
A.gather = (frame) => {
  const { points, shown } = A.marks;
  const inView = [];
  for (let row = 0; row < shown.length; row += 1) {
    if (!shown[row] || Number.isNaN(points.x[row])) continue;
    const x = points.x[row] * frame.scale - frame.left;
    const y = points.y[row] * frame.scale - frame.top;
    if (x > -20 && y > -20 && x < frame.width + 20 && y < frame.height + 20) inView.push(row);
  }
  if (inView.length <= CLUSTER_ABOVE || frame.zoom >= NO_CLUSTER_ZOOM) {
    return A.sameSpot(inView, frame);
  }
  const main = inView.filter((row) => A.marks.isMain[row]);
  if (main.length > CLUSTER_ABOVE) return A.byCell(inView, frame, CLUSTER_CELL_PX);
  const others = inView.filter((row) => !A.marks.isMain[row]);
  const apart = A.sameSpot(main, frame);
  return A.byCell(others, frame, CLUSTER_CELL_PX).map((cluster) => A.besides(cluster, apart)).concat(apart);
};

// A circle moved out from under the marks that are drawn one by one, so that its number can be read.
A.besides = (cluster, apart) => {
  const radius = cluster.rows.length > 1 ? A.clusterRadius(cluster) : A.markSize(cluster.rows[0]);
  for (const mark of apart) {
    const [dx, dy] = [cluster.x - mark.x, cluster.y - mark.y];
    const away = Math.hypot(dx, dy);
    const wanted = radius + 8;
    if (away >= wanted) continue;
    const turn = away > 0.5 ? Math.atan2(dy, dx) : 0.6;
    return { ...cluster, x: mark.x + wanted * Math.cos(turn), y: mark.y + wanted * Math.sin(turn) };
  }
  return cluster;
};

A.byCell = (rows, frame, side) => {
  const cells = new Map();
  for (const row of rows) {
    const x = A.marks.points.x[row] * frame.scale;
    const y = A.marks.points.y[row] * frame.scale;
    const key = Math.floor(x / side) * 4194304 + Math.floor(y / side);
    const cell = cells.get(key);
    if (cell) {
      cell.rows.push(row);
      cell.x += x;
      cell.y += y;
    } else cells.set(key, { rows: [row], x, y });
  }
  return [...cells.values()].map((cell) => ({
    rows: cell.rows,
    x: cell.x / cell.rows.length - frame.left,
    y: cell.y / cell.rows.length - frame.top,
  }));
};

// Marks that stand on the same spot would hide each other: they share one circle at any size.
A.sameSpot = (rows, frame) => A.byCell(rows, frame, 3);

A.paintMarks = function* (context, frame) {
  A.marks.clusters = A.gather(frame);
  A.marks.frame = frame;
  yield;
  A.paintPlaces(context, frame);
  const smallFirst = A.marks.clusters.slice().sort((a, b) => A.weight(a) - A.weight(b));
  let done = 0;
  for (const cluster of smallFirst) {
    if (cluster.rows.length > 1) A.paintCluster(context, cluster);
    else A.paintMark(context, cluster.x, cluster.y, cluster.rows[0]);
    done += 1;
    if (done % 200 === 0) yield;
  }
};

A.weight = (cluster) => (cluster.rows.some((row) => A.marks.isMain[row]) ? 1e9 : 0) + cluster.rows.length;

A.clusterRadius = (cluster) => 8 + Math.min(1.7 * Math.log2(cluster.rows.length), 16);

A.paintCluster = (context, cluster) => {
  const radius = A.clusterRadius(cluster);
  context.beginPath();
  context.arc(cluster.x, cluster.y, radius, 0, 2 * Math.PI);
  context.fillStyle = "rgba(255,255,255,0.93)";
  context.fill();
  context.lineWidth = 1.6;
  context.strokeStyle = "#333d47";
  context.stroke();
  context.fillStyle = "#1b2733";
  context.font = "600 11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  const count = cluster.rows.length;
  context.fillText(count >= 10000 ? `${Math.round(count / 1000)}k` : String(count), cluster.x, cluster.y + 0.5);
};

A.markSize = (row) => (A.marks.isMain[row] ? 7.5 : 5);

A.paintMark = (context, x, y, row) => {
  const sector = A.sectorOf(row);
  const size = A.markSize(row);
  const open = A.isOpen(row) || A.textOf(A.data.assets.status, row) === "unknown";
  A.outlineMark(context, sector.shape, x, y, size);
  context.lineJoin = "round";
  context.lineWidth = 3.6;
  context.strokeStyle = "#ffffff";
  context.stroke();
  context.fillStyle = open && sector.shape !== "ring" ? sector.colour : "#ffffff";
  context.fill();
  context.lineWidth = 1.8;
  context.strokeStyle = sector.colour;
  context.stroke();
  if (!open) A.crossOut(context, x, y, size, sector.colour);
};

A.crossOut = (context, x, y, size, colour) => {
  context.beginPath();
  context.moveTo(x - size * 0.45, y - size * 0.45);
  context.lineTo(x + size * 0.45, y + size * 0.45);
  context.moveTo(x + size * 0.45, y - size * 0.45);
  context.lineTo(x - size * 0.45, y + size * 0.45);
  context.strokeStyle = colour;
  context.lineWidth = 1.8;
  context.stroke();
};

A.outlineMark = (context, shape, x, y, size) => {
  context.beginPath();
  if (shape === "square") context.rect(x - size * 0.86, y - size * 0.86, size * 1.72, size * 1.72);
  else if (shape === "triangle") A.polygon(context, x, y + size * 0.12, size * 1.22, 3, -Math.PI / 2);
  else if (shape === "wedge") A.polygon(context, x, y - size * 0.12, size * 1.22, 3, Math.PI / 2);
  else if (shape === "diamond") A.polygon(context, x, y, size * 1.2, 4, 0);
  else if (shape === "cross") A.polygon(context, x, y, size * 1.08, 5, -Math.PI / 2);
  else context.arc(x, y, shape === "ring" ? size * 0.8 : size, 0, 2 * Math.PI);
  context.closePath();
};

A.polygon = (context, x, y, radius, corners, turn) => {
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = turn + (corner * 2 * Math.PI) / corners;
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
};

// A small picture of a mark for legends and lists.
A.swatch = (sector, open = true) => {
  const canvas = A.el("canvas", { width: 40, height: 40, class: "am-swatch", "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  context.scale(2, 2);
  A.outlineMark(context, sector.shape, 10, 10, 6.5);
  context.fillStyle = open && sector.shape !== "ring" ? sector.colour : "#ffffff";
  context.fill();
  context.lineWidth = 1.8;
  context.strokeStyle = sector.colour;
  context.stroke();
  if (!open) A.crossOut(context, 10, 10, 6.5, sector.colour);
  return canvas;
};

// Place names, the most important first, none over another.
const PLACE_FROM_ZOOM = [0, 8.2, 10, 10.8, 12];
const PLACE_FONT = ["600 15px", "600 13px", "500 12px", "500 11.5px", "500 11px"];

A.paintPlaces = (context, frame) => {
  if (!A.marks.places) return;
  const places = A.data.places;
  const taken = A.marks.clusters.map(({ x, y, rows }) => {
    const reach = rows.length > 1 ? A.clusterRadius({ rows }) : A.markSize(rows[0]);
    return [x - reach, y - reach, x + reach, y + reach];
  });
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (let row = 0; row < places.names.length; row += 1) {
    const rank = Math.min(places.rank[row], 4);
    if (frame.zoom < PLACE_FROM_ZOOM[rank]) continue;
    const at = [A.marks.places.x[row] * frame.scale - frame.left, A.marks.places.y[row] * frame.scale - frame.top];
    if (!(at[0] > 0 && at[1] > 0 && at[0] < frame.width && at[1] < frame.height)) continue;
    context.font = `${PLACE_FONT[rank]} system-ui, sans-serif`;
    const name = places.names[row].slice(0, 60);
    const box = A.freeSpot(at, context.measureText(name).width + 6, taken, frame);
    if (!box) continue;
    taken.push(box);
    const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    context.lineWidth = 3.5;
    context.strokeStyle = "rgba(255,255,255,0.92)";
    context.strokeText(name, x, y);
    context.fillStyle = "#1b2733";
    context.fillText(name, x, y);
  }
};

// Above, below, right or left of a place, the first that covers no mark and no other name.
A.freeSpot = ([x, y], width, taken, { margin, width: right, height: bottom }) => {
  const half = width / 2;
  for (const [dx, dy] of [[0, -17], [0, 17], [half + 11, 0], [-half - 11, 0]]) {
    const box = [x + dx - half, y + dy - 8, x + dx + half, y + dy + 8];
    const inSight = box[0] > margin.x && box[1] > margin.y && box[2] < right - margin.x && box[3] < bottom - margin.y;
    const cutOff = !inSight && x > margin.x && x < right - margin.x && y > margin.y && y < bottom - margin.y;
    if (!cutOff && !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return box;
  }
  return null;
};

// The mark or circle of marks under a point of the map (pixels of the container), or null.
A.marksAt = (point) => {
  const frame = A.marks.frame;
  if (!frame) return null;
  const corner = A.map.getPixelBounds().min;
  const x = point.x + corner.x - frame.left;
  const y = point.y + corner.y - frame.top;
  let best = null;
  let nearest = Infinity;
  for (const cluster of A.marks.clusters) {
    const away = Math.hypot(cluster.x - x, cluster.y - y);
    const reach = cluster.rows.length > 1 ? A.clusterRadius(cluster) + 2 : A.markSize(cluster.rows[0]) + 5;
    if (away <= reach && away < nearest) {
      nearest = away;
      best = cluster;
    }
  }
  return best;
};

A.openCluster = (cluster) => {
  if (cluster.rows.length === 1) {
    A.set({ asset: cluster.rows[0] });
    return;
  }
  const { x, y } = A.marks.points;
  const xs = cluster.rows.map((row) => x[row]);
  const ys = cluster.rows.map((row) => y[row]);
  const [west, east] = [Math.min(...xs), Math.max(...xs)];
  const [north, south] = [Math.min(...ys), Math.max(...ys)];
  const apart = Math.max(east - west, south - north) * 2 ** NO_CLUSTER_ZOOM;
  if (apart < 12 || A.map.getZoom() >= NO_CLUSTER_ZOOM) A.showCardOfMany(cluster.rows);
  else A.map.fitBounds(L.latLngBounds(A.toLatLng(west, south), A.toLatLng(east, north)), {
    padding: [50, 50], maxZoom: NO_CLUSTER_ZOOM, animate: A.moves(),
  });
};
