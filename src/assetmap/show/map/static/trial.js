// A trial: switch an asset off or on and see distances, people and gap classes change. Published figures stay as
// they are; everything shown here is marked as a trial. Class bounds stay those of the published map.

A.prepareTrial = () => {
  const trial = A.data.trial;
  A.trial = null;
  const body = A.byId("am-trial-body");
  if (!trial || trial.why_not) {
    if (!trial) A.byId("am-trial").hidden = true;
    else A.fill(body, A.el("p", {}, trial.why_not));
    return;
  }
  const rows = new Map(trial.assets.rows.map((row, at) => [row, { x: trial.assets.x[at], y: trial.assets.y[at] }]));
  A.trial = { rows, changed: new Map(), metres: trial.metres.slice(), moved: [], mayOpen: "" };
};

A.trySwitch = (row, open) => {
  const switched = new Map(A.state.switched);
  if (open === (A.textOf(A.data.assets.status, row) === "open")) switched.delete(row);
  else switched.set(row, open);
  A.set({ switched });
  A.say(A.trialWords().join(" "));
};

A.nearestOpen = (area) => {
  const { x, y } = A.data.trial;
  if (x[area] === null) return null;
  let best = null;
  for (const [row, at] of A.trial.rows) {
    if (!A.isOpen(row)) continue;
    const away = Math.hypot(at.x - x[area], at.y - y[area]);
    if (best === null || away < best) best = away;
  }
  return best;
};

// Distances again for every area, keeping the published one wherever it does not change.
A.runTrial = () => {
  if (!A.trial) return;
  const published = A.data.trial.metres;
  A.trial.changed.clear();
  A.trial.metres = published.slice();
  A.trial.moved = [];
  if (!A.state.switched.size) return;
  for (let area = 0; area < published.length; area += 1) {
    if (published[area] === null) continue;
    const now = A.nearestOpen(area);
    if (now !== null && Math.abs(now - published[area]) <= 2) continue;
    A.trial.metres[area] = now;
    A.trial.moved.push(area);
  }
  const distance = A.layerByKey("distance");
  if (distance) A.trial.changed.set("distance", A.trialDistance(distance));
  const gap = A.layerByKey("gap");
  if (gap && A.data.trial.access_upper) A.trial.changed.set("gap", A.trialGap(gap));
};

A.recount = (layer, codes, changes) => {
  const changed = { ...layer, ...changes, codes: A.codesToText(codes) };
  const count = (wanted) => {
    const found = A.areasWhere((area) => codes[area] === wanted);
    return { areas: found.length, people: A.peopleOf(found) };
  };
  changed.classes = layer.classes.map((one, code) => ({ ...one, ...count(code) }));
  changed.unknown = count(-1);
  return changed;
};

A.trialDistance = (layer) => {
  const scale = 10 ** layer.decimals / 1000;
  const values = layer.values.slice();
  const codes = values.map((value, area) => A.classOf(layer, area));
  for (const area of A.trial.moved) {
    const metres = A.trial.metres[area];
    values[area] = metres === null ? null : Math.round(metres * scale);
    codes[area] = metres === null ? -1 : Math.min(layer.upper.filter((bound) => bound < metres / 1000).length, layer.upper.length - 1);
  }
  return A.recount(layer, codes, { values });
};

A.trialGap = (layer) => {
  const [high, middle] = A.data.trial.access_upper;
  const codes = Array.from({ length: A.areaCount() }, (unused, area) => A.classOf(layer, area));
  for (const area of A.trial.moved) {
    if (codes[area] < 0) continue;
    const metres = A.trial.metres[area];
    const far = metres === null || metres > middle ? 2 : metres > high ? 1 : 0;
    codes[area] = Math.floor(codes[area] / 3) * 3 + far;
  }
  return A.recount(layer, codes, {});
};

A.trialWords = () => {
  const { switched } = A.state;
  if (!switched.size) return ["No trial: the map shows the published figures."];
  const names = [...switched].map(([row, open]) => `${A.data.assets.names[row].slice(0, 120)} ${open ? "open" : "closed"}`);
  const before = A.data.trial.metres;
  const now = A.trial.metres;
  const farther = A.trial.moved.filter((area) => now[area] === null || now[area] > before[area]);
  const nearer = A.trial.moved.filter((area) => now[area] !== null && now[area] < before[area]);
  const words = [`Trial, not a forecast: ${names.join(", ")}.`];
  for (const [areas, word] of [[farther, "farther from"], [nearer, "nearer to"]]) {
    if (!areas.length) continue;
    const people = A.peopleOf(areas);
    const weight = (area) => (people ? A.data.areas.people[area] || 0 : 1); // without residents every area counts the same
    const mean = (metres) => areas.reduce((sum, area) => sum + (metres[area] || 0) * weight(area), 0) / (people || areas.length);
    const who = people === null ? "" : `${A.plural(people, "person", "people")} in `;
    words.push(`${who}${A.plural(areas.length, "neighbourhood")} would be ${word} an open one: `
      + (areas.some((area) => now[area] === null) ? "for some there would be none." : `on average ${A.km(mean(now))} instead of ${A.km(mean(before))}.`));
  }
  if (!farther.length && !nearer.length) words.push("No neighbourhood would be nearer or farther.");
  const gap = A.layerByKey("gap");
  if (gap && A.trial.changed.has("gap")) {
    const was = gap.classes[8].areas;
    const is = A.trial.changed.get("gap").classes[8].areas;
    words.push(`Neighbourhoods with high need and low access: ${A.number(is)} instead of ${A.number(was)}.`);
  }
  return words;
};

A.drawTrial = () => {
  if (!A.trial) return;
  const assets = A.data.assets;
  const rows = [...A.trial.rows.keys()].sort((a, b) => Number(A.isPublishedOpen(b)) - Number(A.isPublishedOpen(a)) || A.byName(assets.names[a], assets.names[b]));
  const boxes = rows.slice(0, 400).map((row) => A.el("label", { class: "am-check" },
    A.el("input", { type: "checkbox", checked: A.isOpen(row), value: row, onchange: (event) => A.trySwitch(row, event.target.checked) }),
    A.text(assets.names[row]), A.state.switched.has(row) ? A.el("strong", { class: "am-count" }, "changed") : null));
  const kind = A.labelOfMany(A.data.trial.type).toLowerCase();
  const note = A.data.trial.access_upper ? "" : " Gap classes do not follow from the distance alone on this map, so they do not change here.";
  A.fill(A.byId("am-trial-body"),
    A.el("p", {}, `Untick one of the ${kind} to see what its closing would mean, or tick a closed one. Distances are straight lines from where people live; class bounds stay as published.${note}`),
    A.el("div", { id: "am-trial-words", class: A.state.switched.size ? "am-result" : "" }, ...A.trialWords().map((sentence) => A.el("p", {}, A.text(sentence)))),
    A.el("p", { class: "am-buttons" },
      A.el("button", { type: "button", class: "am-button", disabled: !A.state.switched.size, onclick: () => { A.set({ switched: new Map() }); A.say("Trial ended."); } }, "End the trial"),
      A.el("button", { type: "button", class: "am-button", disabled: !A.state.switched.size, onclick: A.saveTrial }, "Save as CSV")),
    A.el("fieldset", {}, A.el("legend", {}, "Open in the trial"), ...boxes));
};

A.isPublishedOpen = (row) => A.textOf(A.data.assets.status, row) === "open";

A.markTrial = () => {
  const banner = A.byId("am-trial-banner");
  banner.hidden = !A.state.switched.size;
  A.fill(banner, ...(A.state.switched.size ? [A.el("strong", {}, "Trial. "), A.text(A.trialWords().slice(1).join(" "))] : []));
};

A.saveTrial = () => {
  const gap = A.layerByKey("gap");
  const gapNow = A.trial.changed.get("gap");
  const head = ["area_code", "area_name", "population", "distance_m_published", "distance_m_trial", "difference_m"];
  if (gapNow) head.push("gap_class_published", "gap_class_trial");
  const rows = A.data.areas.codes.map((code, area) => {
    const before = A.data.trial.metres[area];
    const now = A.trial.metres[area];
    const row = [code, A.nameOf(area), A.data.areas.people[area], before, now, before === null || now === null ? null : now - before];
    if (gapNow) row.push(A.wordsOf(gap, area), A.wordsOf(gapNow, area));
    return row;
  });
  A.saveCsv("trial.csv", head, rows);
};
