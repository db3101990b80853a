// The map without a mouse: arrow keys go from neighbourhood to neighbourhood, or from asset to asset.

A.cursor = -1; // area that has the keyboard
A.assetCursor = -1;

const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

// The nearest thing in a direction; what lies aside counts as farther.
A.nextInDirection = (x, y, [east, south], points, rows) => {
  let best = -1;
  let least = Infinity;
  for (const row of rows) {
    const dx = points.x[row] - x;
    const dy = points.y[row] - y;
    const along = dx * east + dy * south;
    const aside = Math.abs(dx * south) + Math.abs(dy * east);
    if (!(along > 0) || aside > along * 2) continue;
    const cost = along + aside * 1.5;
    if (cost < least) {
      least = cost;
      best = row;
    }
  }
  return best;
};

A.middleArea = () => {
  const center = A.map.getCenter();
  const inside = A.areaAt(center);
  if (inside >= 0) return inside;
  const [x, y] = A.world(center.lng, center.lat);
  const { middles, count } = A.areas;
  let best = 0;
  for (let area = 1; area < count; area += 1) {
    const away = Math.hypot(middles.x[area] - x, middles.y[area] - y);
    if (away < Math.hypot(middles.x[best] - x, middles.y[best] - y)) best = area;
  }
  return best;
};

A.moveAreaCursor = (direction) => {
  const from = A.cursor >= 0 ? A.cursor : A.state.area;
  let next = from;
  if (from < 0) next = A.middleArea();
  else {
    const { middles, count } = A.areas;
    const found = A.nextInDirection(middles.x[from], middles.y[from], direction, middles, Array(count).keys());
    if (found < 0) {
      A.say("No neighbourhood lies farther that way.");
      return;
    }
    next = found;
  }
  A.cursor = next;
  A.showArea(next, false);
  A.outline.redraw();
  A.say(A.readArea(next));
};

A.onMapKey = (event) => {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  const direction = DIRECTIONS[event.key];
  if (direction && event.shiftKey) A.map.panBy(L.point(direction).multiplyBy(120), { animate: A.moves() });
  else if (direction) A.moveAreaCursor(direction);
  else if (event.key === "Enter" || event.key === " ") A.openCursor();
  else if (event.key === "+" || event.key === "=") A.map.zoomIn();
  else if (event.key === "-") A.map.zoomOut();
  else return;
  event.preventDefault();
};

A.openCursor = () => {
  const area = A.cursor >= 0 ? A.cursor : A.middleArea();
  A.cardFocus = true;
  A.set({ area, asset: -1 });
};

A.moveAssetCursor = (direction) => {
  const { points, shown } = A.marks;
  const rows = [...shown.keys()].filter((row) => shown[row] && !Number.isNaN(points.x[row]) && row !== A.assetCursor);
  if (!rows.length) {
    A.say("The filter shows no asset with a point.");
    return;
  }
  let next;
  if (A.assetCursor < 0) {
    const center = A.map.getCenter();
    const [x, y] = A.world(center.lng, center.lat);
    next = rows.reduce((best, row) => (Math.hypot(points.x[row] - x, points.y[row] - y) < Math.hypot(points.x[best] - x, points.y[best] - y) ? row : best), rows[0]);
  } else next = A.nextInDirection(points.x[A.assetCursor], points.y[A.assetCursor], direction, points, rows);
  if (next < 0) {
    A.say("No asset lies farther that way.");
    return;
  }
  A.assetCursor = next;
  const spot = A.toLatLng(points.x[next], points.y[next]);
  if (!A.map.getBounds().pad(-0.1).contains(spot)) A.map.panTo(spot, { animate: A.moves() });
  A.placeRing(spot);
  A.say(A.readAsset(next));
};

A.placeRing = (spot) => {
  if (A.ring) A.ring.remove();
  A.ring = L.marker(spot, { icon: L.divIcon({ className: "am-ring", iconSize: [30, 30] }), keyboard: false, interactive: false }).addTo(A.map);
};

A.onAssetKey = (event) => {
  const direction = DIRECTIONS[event.key];
  if (direction) A.moveAssetCursor(direction);
  else if ((event.key === "Enter" || event.key === " ") && A.assetCursor >= 0) {
    A.cardFocus = true;
    A.set({ asset: A.assetCursor });
  } else return;
  event.preventDefault();
};

A.wireKeys = () => {
  const container = A.map.getContainer();
  container.tabIndex = 0;
  container.setAttribute("role", "application");
  container.setAttribute("aria-label", `Map of ${A.data.area_name || "the areas"}: ${A.plural(A.areaCount(), "neighbourhood")}`);
  container.setAttribute("aria-describedby", "am-map-help");
  container.addEventListener("keydown", A.onMapKey);
  container.addEventListener("blur", () => {
    if (A.cursor < 0) return;
    A.cursor = -1;
    A.outline.redraw();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (A.menuIsOpen()) A.closeMenu(true);
    else if (!A.byId("am-card").hidden) A.closeCard(true);
  });
  if (!A.data.assets) return;
  const stop = A.el("button", { type: "button", class: "am-assetstop", onkeydown: A.onAssetKey, onclick: () => A.moveAssetCursor([1, 0]) },
    "Assets: arrow keys go from one to the next, Enter opens");
  stop.addEventListener("blur", () => { if (A.ring) A.ring.remove(); });
  container.append(stop);
};
