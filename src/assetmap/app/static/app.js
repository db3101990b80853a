// What a page does beyond forms. Every page also works without this file.
import { initAll } from "./vendor/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

/** Turns an input with a list of suggestions into the accessible type-ahead. */
function completeNames() {
  const inputs = [...document.querySelectorAll("input[list][data-complete]")];
  for (const input of inputs) {
    if (input === document.activeElement || input.value) continue; // somebody types already: the browser's own list stays
    const names = [...document.getElementById(input.getAttribute("list")).options].map((one) => one.value);
    const box = document.createElement("div");
    input.replaceWith(box);
    window.accessibleAutocomplete({
      element: box,
      id: input.id,
      name: input.name,
      defaultValue: input.value,
      confirmOnBlur: false,
      minLength: 2,
      displayMenu: "overlay",
      menuAttributes: { "aria-label": "Suggestions" },
      tNoResults: () => "No council has this name. You can still go on with it.",
      source: (typed, show) => {
        const wanted = typed.toLowerCase();
        const starts = names.filter((name) => name.toLowerCase().startsWith(wanted));
        const holds = names.filter((name) => !starts.includes(name) && name.toLowerCase().includes(wanted));
        show([...starts, ...holds].slice(0, 12));
      },
    });
  }
}

/** Follows a piece of work and goes on when it has ended. */
function followWork() {
  const wait = document.querySelector("[data-job]");
  if (!wait) return;
  const events = new EventSource(wait.dataset.job);
  const steps = document.getElementById("job-steps");
  const bar = wait.querySelector("progress");
  events.onmessage = (event) => {
    const job = JSON.parse(event.data);
    bar.value = job.percent;
    document.getElementById("job-seconds").textContent = String(job.seconds);
    for (const step of job.steps.slice(steps.children.length)) {
      const line = document.createElement("li");
      line.textContent = step;
      steps.append(line);
      document.getElementById("job-now").textContent = step;
    }
    if (["done", "failed", "cancelled"].includes(job.state)) {
      events.close();
      if (job.state === "done") window.location.replace(job.next);
      else window.location.reload();
    }
  };
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) window.location.reload();
  };
}

/** A select or a checkbox that sends its form when it changes; without this file its button does. */
for (const field of document.querySelectorAll("[data-send]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

completeNames();
followWork();
