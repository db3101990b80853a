// Put everything together once the data are unpacked.

A.start = async (map) => {
  A.map = map;
  map.assetmap = A; // for scripts that a user adds
  try {
    A.data = await A.unpack(A.byId("am-data").textContent);
    A.prepareAreas();
    A.prepareMarks();
    A.prepareFilter();
    A.prepareTrial();
    A.drawAll();
  } catch (problem) {
    A.byId("am-title").textContent = "This map could not be opened";
    A.byId("am-sentence").textContent = `Your browser may be too old, or the file is damaged (${problem.message}). The tables made with it hold the same figures.`;
    throw problem;
  }
};

A.drawAll = () => {
  const [west, south, east, north] = A.data.bounds;
  A.bounds = L.latLngBounds([south, west], [north, east]);
  const { changes, view, table } = A.readLink();
  const opens = A.data.layers.findIndex((layer) => layer.kind !== "fact");
  Object.assign(A.state, { layer: Math.max(opens, 0) });
  for (const key of ["layer", "people", ...FILTER_STATES.split(" ")]) {
    if (changes[key] !== undefined) A.state[key] = changes[key];
  }
  A.applyFilter();
  A.drawHeading();
  A.byId("am-legend").open = window.innerWidth > 760;
  A.map.invalidateSize({ animate: false });
  if (view) A.map.setView([view[0], view[1]], view[2], { animate: false });
  else A.fitWhole(A.bounds, ...A.firstMargins());
  A.addPictures();
  A.drawLayerList();
  A.drawLegend();
  A.drawFilter();
  A.drawTrial();
  A.drawPrint();
  A.drawAbout();
  A.prepareSearch();
  A.wireKeys();
  A.wireMouse();
  A.wireState();
  A.wireLink();
  A.wireViews();
  A.ready = true;
  if (changes.area !== undefined) A.set({ area: changes.area });
  if (changes.asset !== undefined) A.set({ asset: changes.asset });
  if (table) A.setView("table");
};

// Room for the legend: on a wide screen it stands beside the areas, on a phone its closed line below them.
A.firstMargins = () => {
  const legend = A.byId("am-legend").getBoundingClientRect();
  return A.byId("am-legend").open ? [[legend.width * 0.45, 14], [14, 14]] : [[14, 14], [14, 90]];
};

// Fill the view, between the steps of the zoom buttons if need be.
A.fitWhole = (bounds, padding, lowerRight = padding) => {
  const step = A.map.options.zoomSnap;
  A.map.options.zoomSnap = 0;
  A.map.fitBounds(bounds, { animate: false, paddingTopLeft: padding, paddingBottomRight: lowerRight });
  A.map.options.zoomSnap = step;
};

A.addPictures = () => {
  const pane = (name, level) => {
    A.map.createPane(name).style.zIndex = level;
    A.map.getPane(name).style.pointerEvents = "none";
    return name;
  };
  A.land = new PictureLayer(A.paintAreas, { pane: pane("am-areas", 250) });
  A.outline = new PictureLayer(A.paintOutline, { pane: pane("am-outline", 420) });
  A.dots = new PictureLayer(A.paintMarks, { pane: pane("am-marks", 450) });
  A.pictures = [A.land, A.outline, A.dots];
  const hasTiles = Boolean(A.map.getPane("tilePane").childNodes.length);
  A.map.getContainer().classList.toggle("am-has-tiles", hasTiles);
  A.land.on("painted", () => { document.body.dataset.painted = String(Number(document.body.dataset.painted || 0) + 1); });
  for (const picture of A.pictures) picture.addTo(A.map);
  if (A.map.zoomControl) A.map.zoomControl.setPosition("topright");
  L.control.scale({ position: "bottomleft" }).addTo(A.map);
};

A.wireMouse = () => {
  const tip = A.byId("am-tip");
  A.map.on("click", (event) => {
    const cluster = A.marksAt(event.containerPoint);
    if (cluster) A.openCluster(cluster);
    else {
      const area = A.areaAt(event.latlng);
      if (area >= 0) A.set({ area, asset: -1 });
      else A.closeCard(false);
    }
  });
  let waiting = null;
  A.map.on("mousemove", (event) => {
    if (waiting) cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => A.showTip(event));
  });
  A.map.on("mouseout movestart", () => {
    if (waiting) cancelAnimationFrame(waiting);
    tip.hidden = true;
  });
};

A.showTip = (event) => {
  const tip = A.byId("am-tip");
  const cluster = A.marksAt(event.containerPoint);
  const area = cluster ? -1 : A.areaAt(event.latlng);
  A.map.getContainer().classList.toggle("am-over", Boolean(cluster) || area >= 0);
  if (!cluster && area < 0) {
    tip.hidden = true;
    return;
  }
  if (!cluster) A.fill(tip, A.el("strong", {}, A.text(A.nameOf(area).slice(0, 200))), A.text(A.wordsOf(A.shown(A.layer()), area)));
  else if (cluster.rows.length > 1) A.fill(tip, A.el("strong", {}, A.plural(cluster.rows.length, "asset")), A.text(A.data.assets.names[cluster.rows[0]].slice(0, 80) + " ..."));
  else A.fill(tip, A.el("strong", {}, A.text(A.data.assets.names[cluster.rows[0]].slice(0, 200))), A.text(A.textOf(A.data.assets.operator, cluster.rows[0]).slice(0, 120) || A.sectorOf(cluster.rows[0]).words));
  tip.hidden = false;
  const width = A.map.getSize().x;
  tip.style.left = `${Math.min(event.containerPoint.x + 14, Math.max(width - tip.offsetWidth - 8, 0))}px`;
  tip.style.top = `${event.containerPoint.y + 16}px`;
};

A.wireState = () => {
  A.when("switched", () => { A.runTrial(); A.drawTrial(); A.markTrial(); A.dots.redraw(); });
  A.when(FILTER_STATES, () => { A.applyFilter(); A.countFilter(); A.dots.redraw(); });
  A.when("layer people switched", () => { A.land.redraw(); A.drawHeading(); A.markLayerList(); });
  A.when(`layer people switched ${FILTER_STATES}`, () => { A.drawLegend(); A.drawTable(); });
  A.when("layer", () => A.say(`${A.layer().label}. ${A.sentences()}`));
  A.when("area asset", () => A.showChosen());
  A.when(`switched layer ${FILTER_STATES}`, () => { if (A.state.area >= 0 && A.state.asset < 0) A.showAreaCard(A.state.area, false); });
};

A.showChosen = () => {
  const focus = A.cardFocus || false;
  A.cardFocus = false;
  A.outline.redraw();
  if (A.chosen) A.chosen.remove();
  if (A.state.asset >= 0) {
    A.showAssetCard(A.state.asset, focus);
    A.ringChosen(A.state.asset);
    if (!focus) A.say(A.readAsset(A.state.asset));
  } else if (A.state.area >= 0) {
    A.showAreaCard(A.state.area, focus);
    A.uncover(A.toLatLng(A.areas.middles.x[A.state.area], A.areas.middles.y[A.state.area]));
    if (!focus) A.say(A.readArea(A.state.area));
  }
};

A.ringChosen = (row) => {
  const { x, y } = A.marks.points;
  if (Number.isNaN(x[row])) return;
  const spot = A.toLatLng(x[row], y[row]);
  A.chosen = L.marker(spot, { icon: L.divIcon({ className: "am-ring", iconSize: [30, 30] }), keyboard: false, interactive: false }).addTo(A.map);
  A.uncover(spot);
};

A.menuIsOpen = () => document.body.classList.contains("am-menu-open");

A.closeMenu = (focusBack) => {
  const was = A.menuIsOpen();
  document.body.classList.remove("am-menu-open");
  A.byId("am-menu").setAttribute("aria-expanded", "false");
  if (was && focusBack) A.byId("am-menu").focus();
};

A.wireViews = () => {
  A.byId("am-show-map").addEventListener("click", () => A.setView("map"));
  A.byId("am-show-table").addEventListener("click", () => A.setView("table"));
  A.byId("am-skip").addEventListener("click", (event) => {
    event.preventDefault();
    A.setView("table");
    A.byId("am-tableview").focus();
  });
  A.byId("am-by-people").closest("label").hidden = !A.areas.residents;
  A.byId("am-by-people").checked = A.state.people;
  A.byId("am-by-people").addEventListener("change", (event) => A.set({ people: event.target.checked }));
  A.when("people", () => { A.byId("am-by-people").checked = A.state.people; });
  A.byId("am-menu").addEventListener("click", () => {
    const open = document.body.classList.toggle("am-menu-open");
    A.byId("am-menu").setAttribute("aria-expanded", String(open));
    if (open) A.byId("am-menu-close").focus();
  });
  new ResizeObserver(() => {
    if (A.state.view === "map" && !A.printing) A.map.invalidateSize({ animate: false });
  }).observe(A.map.getContainer());
  A.byId("am-menu-close").addEventListener("click", () => A.closeMenu(true));
};
