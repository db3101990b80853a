// Paper: the map redrawn for a sheet, with title, key, scale bar, date and attribution.

const PRINT_SHARPNESS = 3;
const SHEET_MM = { a4: { width: 277, height: 190 }, a3: { width: 396, height: 273 } }; // inside the margins of map.css

A.beforePrint = () => {
  if (A.printing) return;
  A.printing = { center: A.map.getCenter(), zoom: A.map.getZoom(), bounds: A.map.getBounds(), legend: A.byId("am-legend").open };
  document.body.classList.add("am-printing");
  A.byId("am-legend").open = true;
  A.fill(A.byId("am-printed"), ...A.printedLines());
  if (A.state.view === "table") return;
  A.byId("am-stage").style.height = `${A.stageHeight()}px`;
  A.map.invalidateSize({ animate: false });
  A.fitWhole(A.printing.bounds.intersects(A.bounds) ? A.tighter(A.printing.bounds, A.bounds) : A.bounds, [10, 10]);
  for (const picture of A.pictures) picture.redraw(null, PRINT_SHARPNESS, true);
};

// Height left for the map on a sheet, once title, sources and warnings have theirs.
A.stageHeight = () => {
  const sheet = document.body.classList.contains("am-a3") ? SHEET_MM.a3 : SHEET_MM.a4;
  const mm = document.body.getBoundingClientRect().width / sheet.width;
  const others = [".am-top", "#am-printed", "#am-trial-banner"].map((one) => document.querySelector(one).getBoundingClientRect().height);
  const left = sheet.height * mm - others.reduce((sum, height) => sum + height, 0) - 4 * mm;
  return Math.floor(Math.max(left, sheet.height * mm * 0.4));
};

// What both the screen and the areas cover, so that a sheet is not filled with sea.
A.tighter = (screen, all) =>
  L.latLngBounds(
    [Math.max(screen.getSouth(), all.getSouth()), Math.max(screen.getWest(), all.getWest())],
    [Math.min(screen.getNorth(), all.getNorth()), Math.min(screen.getEast(), all.getEast())],
  );

A.afterPrint = () => {
  if (!A.printing) return;
  document.body.classList.remove("am-printing");
  A.byId("am-stage").style.height = "";
  A.byId("am-legend").open = A.printing.legend;
  A.map.invalidateSize({ animate: false });
  A.map.setView(A.printing.center, A.printing.zoom, { animate: false });
  A.printing = null;
  for (const picture of A.pictures) picture.redraw();
};

A.printedLines = () => {
  const layer = A.layer();
  const used = layer.sources.map((id) => A.data.sources[id]).filter(Boolean);
  const sentences = Object.values(A.data.sources).flatMap((source) => (source.attribution || "").split(/(?<=\.)\s+(?=[A-Z])/));
  const attributions = [...new Set(sentences.filter(Boolean))];
  const day = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  return [
    A.el("p", {}, `Printed ${day}. `, used.length ? "Shown: " : "", A.text(used.map(A.sourceLine).join("; "))),
    A.el("p", {}, A.text([...A.data.notes.map((note) => note.sentence), ...attributions].join(" "))),
  ];
};

A.drawPrint = () => {
  const paper = A.el("select", { id: "am-paper", onchange: (event) => document.body.classList.toggle("am-a3", event.target.value === "a3") },
    A.el("option", { value: "a4" }, "A4"), A.el("option", { value: "a3" }, "A3"));
  const copy = A.el("input", { id: "am-link", type: "text", readonly: true, "aria-label": "Link to what you see" });
  const show = () => {
    A.writeLink();
    copy.value = A.noAddress ? "" : window.location.href;
    copy.select();
  };
  copy.addEventListener("focus", show);
  A.fill(A.byId("am-print-body"),
    A.el("p", { class: "am-buttons" }, A.el("label", { for: "am-paper" }, "Paper"), paper,
      A.el("button", { type: "button", class: "am-button", id: "am-print-now", onclick: () => window.print() }, "Print or save as PDF")),
    A.el("p", {}, "The sheet shows what the map shows now, with key, scale and sources."),
    A.el("label", { for: "am-link" }, "Link to this layer, place and filter"), copy);
  window.addEventListener("beforeprint", A.beforePrint);
  window.addEventListener("afterprint", A.afterPrint);
};
