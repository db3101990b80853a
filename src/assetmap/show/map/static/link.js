// The address of the page holds what the reader sees, so that a link shows another person the same.

A.writeLink = () => {
  if (!A.ready) return;
  const parts = new URLSearchParams();
  const center = A.map.getCenter();
  parts.set("layer", A.layer().key);
  parts.set("at", `${center.lat.toFixed(4)},${center.lng.toFixed(4)},${Number(A.map.getZoom().toFixed(2))}`);
  if (A.state.people) parts.set("people", "1");
  if (A.state.area >= 0) parts.set("area", A.data.areas.codes[A.state.area]);
  if (A.state.asset >= 0) parts.set("asset", A.data.assets.ids[A.state.asset]);
  if (A.state.view === "table") parts.set("view", "table");
  if (A.data.assets) {
    for (const one of A.filters) {
      const chosen = A.data.assets[one.column].words.filter((word) => A.state[one.state].has(word));
      if (one.many && !chosen.length) continue;
      if (one.many || chosen.length < A.data.assets[one.column].words.length) parts.set(one.state, chosen.join("~"));
      else parts.set(one.state, "*");
    }
  }
  const written = `#${parts.toString()}`;
  A.lastLink = written;
  try {
    window.history.replaceState(null, "", written);
  } catch (refused) {
    // A page inside a notebook has no address of its own: then there is no link to share.
    A.noAddress = refused instanceof DOMException;
  }
};

A.readLink = () => {
  const parts = new URLSearchParams(window.location.hash.slice(1));
  const changes = {};
  const layer = A.data.layers.findIndex((one) => one.key === parts.get("layer") && one.kind !== "fact");
  if (layer >= 0) changes.layer = layer;
  if (parts.has("layer")) changes.people = parts.get("people") === "1";
  if (A.data.assets) {
    for (const one of A.filters) {
      if (one.many && parts.has("layer")) changes[one.state] = new Set();
      if (!parts.has(one.state)) continue;
      const all = A.data.assets[one.column].words;
      const wanted = parts.get(one.state);
      changes[one.state] = new Set(wanted === "*" ? all : wanted.split("~").filter((word) => all.includes(word)));
    }
    const asset = A.data.assets.ids.indexOf(parts.get("asset"));
    if (asset >= 0) changes.asset = asset;
  }
  const area = A.data.areas.codes.indexOf(parts.get("area"));
  if (area >= 0) changes.area = area;
  const at = (parts.get("at") || "").split(",").map(Number);
  const view = at.length === 3 && at.every(Number.isFinite) && Math.abs(at[0]) < 86 ? at : null;
  return { changes, view, table: parts.get("view") === "table" };
};

A.wireLink = () => {
  A.map.on("moveend", A.writeLink);
  A.when(`layer people area asset view ${FILTER_STATES}`, A.writeLink);
  window.addEventListener("hashchange", () => {
    if (window.location.hash === A.lastLink || !window.location.hash.includes("=")) return;
    const { changes, view, table } = A.readLink();
    if (view) A.map.setView([view[0], view[1]], view[2], { animate: false });
    A.set(changes);
    A.setView(table ? "table" : "map");
  });
};
