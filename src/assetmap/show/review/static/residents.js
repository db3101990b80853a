"use strict";
(function () {
  const record = JSON.parse(document.getElementById("data").textContent);
  const form = document.getElementById("ask");
  const where = document.getElementById("where");
  const answer = document.getElementById("answer");

  const list = document.getElementById("places");
  for (const [name] of record.places) {
    const choice = document.createElement("option");
    choice.value = name;
    list.append(choice);
  }

  function plain(words) {
    return words.toLowerCase().replace(/[.'’]/g, "").replace(/[^a-z0-9]+/g, " ").trim();
  }

  function byPostcode(typed) {
    const letters = typed.toUpperCase().replace(/[^A-Z0-9]/g, "");
    if (!/^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$/.test(letters)) return null;
    const sector = letters.slice(0, -3) + " " + letters.slice(-3, -2);
    const packed = record.postcodes[sector] || "";
    const unit = letters.slice(-2);
    for (let at = 0; at < packed.length; at += 11) {
      if (packed.slice(at, at + 2) !== unit) continue;
      const [x, y, area] = [2, 5, 8].map((from) => parseInt(packed.slice(at + from, at + from + 3), 36));
      return {
        name: sector + unit,
        x: record.origin[0] + x * record.step,
        y: record.origin[1] + y * record.step,
        area,
      };
    }
    return { missing: sector + unit };
  }

  function byPlace(typed) {
    const wanted = plain(typed);
    if (!wanted) return null;
    const found = record.places.find(([name]) => plain(name) === wanted);
    const close = found || record.places.find(([name]) => plain(name).startsWith(wanted) && wanted.length > 2);
    return close ? { name: close[0], x: close[1], y: close[2], area: close[3] } : null;
  }

  function nearest(option, place) {
    if (!record.straight) {
      if (place.area < 0 || option.cost[place.area] === null) return null;
      const name = option.nearest[place.area];
      const site = option.sites.find((each) => each.name === name);
      return { name, cost: option.cost[place.area], site };
    }
    let best = null;
    for (const site of option.sites) {
      const cost = Math.hypot(site.x - place.x, site.y - place.y);
      if (best === null || cost < best.cost) best = { name: site.name, cost, site };
    }
    return best;
  }

  // What the page shows of a distance, so that the difference of two is that of the numbers beside it.
  function shown(value) {
    if (record.unit !== "m") return Math.round(value);
    return value < 950 ? Math.max(50, Math.round(value / 50) * 50) : Math.round(value / 100) * 100;
  }

  function cost(value) {
    if (record.unit !== "m") return shown(value) + (shown(value) === 1 ? " minute" : " minutes");
    return value < 950 ? shown(value) + " m" : (shown(value) / 1000).toFixed(1) + " km";
  }

  function line(tag, words, kind) {
    const element = document.createElement(tag);
    element.textContent = words;
    if (kind) element.className = kind;
    return element;
  }

  function change(today, now) {
    if (!now) return "There would be none that you can get to.";
    if (!today) return "There is none that you can get to today.";
    const more = shown(now.cost) - shown(today.cost);
    const step = record.unit === "m" ? 50 : 1;
    const same = now.name === today.name && Math.abs(more) < step;
    if (!same) {
      if (Math.abs(more) < step) return "A different " + record.word + ", about as far.";
      return cost(Math.abs(more)) + (more > 0 ? " further than today." : " nearer than today.");
    }
    const parts = [];
    if (now.site && today.site && now.site.by !== today.site.by) parts.push("It would be run by someone else.");
    if (now.site && today.site && now.site.open !== today.site.open) parts.push("It would be open at other times.");
    return parts.join(" ") || "No change for you.";
  }

  function card(option, place, today, first) {
    const box = document.createElement("section");
    const now = nearest(option, place);
    box.className = "card";
    box.append(line("h3", option.title && option.title !== option.name ? option.name + ": " + option.title : option.name));
    if (!first) box.append(line("p", change(today, now), "change"));
    if (now) {
      box.append(line("p", "Nearest " + record.word + ": " + now.name));
      const facts = document.createElement("dl");
      const rows = [["How far", cost(now.cost)]];
      if (now.site) rows.push(["Run by", now.site.by], ["Open", now.site.open]);
      for (const [term, words] of rows) {
        const row = document.createElement("div");
        row.append(line("dt", term), line("dd", words));
        facts.append(row);
      }
      box.append(facts);
    }
    return box;
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    answer.replaceChildren();
    const place = byPostcode(where.value) || byPlace(where.value);
    if (!place || place.missing) {
      const words = place
        ? "We do not know the postcode " + place.missing + ". Check it" + (record.places.length ? ", or try your town or village." : ".")
        : "Type a whole postcode, for example " + example() + (record.places.length ? ", or the name of a town or village." : ".");
      answer.append(line("p", words, "problem"));
    } else {
      const today = nearest(record.options[0], place);
      answer.append(line("h3", "For " + place.name));
      record.options.forEach((option, number) => answer.append(card(option, place, today, number === 0)));
    }
    answer.focus();
  });

  function example() {
    const sector = Object.keys(record.postcodes)[0];
    return sector ? sector + record.postcodes[sector].slice(0, 2) : "AB1 2CD";
  }
})();
