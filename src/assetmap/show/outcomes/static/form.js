"use strict";
const form = document.getElementById("form");
const problem = document.getElementById("problem");
const done = document.getElementById("done");
const NUMBERS = ["people_helped", "sessions", "volunteers"];
const FIELDS = ["group", "month", ...NUMBERS];
const field = (name) => document.getElementById(name);
const value = (name) => field(name).value.trim();

const now = new Date();
now.setDate(0); // the month before this one is the one that is over
field("month").value = `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}`;

function problems() {
  const found = [];
  if (!value("group")) found.push(["group", "Write the name of your group."]);
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(value("month"))) found.push(["month", "Write the month like this: 2026-11."]);
  for (const name of NUMBERS) {
    if (value(name) && !/^\d{1,6}$/.test(value(name))) found.push([name, "Write whole numbers, or leave the box empty."]);
  }
  if (!found.length && NUMBERS.every((name) => !value(name))) found.push([NUMBERS[0], "Fill in one number or more."]);
  return found;
}

// a spreadsheet would run a cell that begins like this, also in wide letters and behind signs that cannot be seen
const UNSEEN = /^['\s\p{C}\p{Z}\p{M}\u115f\u1160\u2800\u3164\uffa0]+/u;
const runs = (text) => /^[=+\-@]/.test(text.replace(UNSEEN, "").slice(0, 2).normalize("NFKC"));
const cell = (text) => `"${(runs(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const found = problems();
  for (const name of FIELDS) field(name).setAttribute("aria-invalid", String(found.some(([wrong]) => wrong === name)));
  done.textContent = "";
  problem.textContent = [...new Set(found.map(([, words]) => words))].join(" ");
  if (found.length) {
    field(found[0][0]).focus();
    return;
  }
  const text = `\ufeff${FIELDS.join(",")}\n${FIELDS.map((name) => cell(value(name))).join(",")}\n`;
  const slug = value("group").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "group";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = `counts_${slug}_${value("month")}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  done.textContent = `Saved as ${link.download}. Send that file on.`;
});
