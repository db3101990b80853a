"""The pages on sites: where a new one would help most, and who gains or loses if sites change."""

from __future__ import annotations

import json
from typing import Any, Final

from assetmap.app.jobs import Job
from assetmap.app.pages import Page
from assetmap.app.progress import wait_page
from assetmap.app.questions.common import answered, distances, fail, finished, number, ready_project, whole
from assetmap.app.views import Call, FieldError, View
from assetmap.errors import InputError

CHANGES: Final = {
    "close": "Close it",
    "hours": "Change its weekly hours to",
    "move": "Move it to the postcode",
    "devolve": "Pass it to",
    "open": "Open it again",
}
"""What can happen to a site, and the words of the form."""

ROWS: Final = 3
MOST_CHANGES: Final = 20


def _show(call: Call) -> Page:
    ready_project(call)
    return Page(
        "sites.html",
        "Sites",
        "See where one more site would help most, and who gains or loses if sites close, move or change hours.",
        "sites",
        {},
        section="sites",
    )


def _show_new(call: Call) -> Page:
    project, asked, answer = ready_project(call), call.asked, None
    if "number" in asked:
        try:
            answer = answered(
                call, "new_sites", {"options": _options(asked)}, title="Looking for the best places"
            )
        except InputError as error:
            fail(call, error)
    values = {"answer": answer, "distances": distances(project), "default": project.settings.access.distance}
    page = Page(
        "new_sites.html",
        "Where would a new site help most?",
        "assetmap tries every hall, centre and hub, with the open sites staying where they are.",
        "access",
        values,
        section="sites",
    )
    return finished(page, answer, section="sites")


def _options(asked: Any) -> dict[str, Any]:
    options: dict[str, Any] = {"sites": whole(asked, "number", "How many sites", most=20)}
    if options["sites"] < 1:
        raise FieldError("number", "Ask for at least one site.")
    if asked.get("candidates") in ("places", "postcodes"):
        options["candidates"] = asked["candidates"]
    if asked.get("distance"):
        options["distance"] = asked["distance"]
    km = number(asked, "km", "The limit", least=0.1, most=200)
    if km is not None:
        options["limit_m"] = km * 1000
    if asked.get("need"):
        options["weight"] = "need"
    return options


def _show_what_if(call: Call) -> Page:
    ready_project(call)
    names = answered(call, "site_names", {}, title="Reading the sites")
    if isinstance(names, Job):
        return wait_page(names, section="sites")
    sites = names["sites"] if names else []
    rows, answer = _rows(call.asked), None
    edits: dict[str, list[str]] = {}
    if call.asked.get("go") and not call.errors:
        try:
            edits = edits_of(rows, {site: name for site, name, _ in sites})
            answer = answered(call, "what_if", {"edits": edits}, title="Measuring the changes")
        except InputError as error:
            fail(call, error)
    values = {
        "answer": answer,
        "edits": json.dumps(edits),
        "rows": rows,
        "changes": list(CHANGES.items()),
        "sites": [(site, name if status == "open" else f"{name} (closed)") for site, name, status in sites],
    }
    page = Page(
        "what_if.html",
        "What if sites change?",
        "Choose the changes of one option; the answer says who would be nearer, who further, and by how much.",
        "sites",
        values,
        section="sites",
    )
    return finished(page, answer, section="sites")


def _rows(asked: Any) -> list[dict[str, str]]:
    """Return the rows of the form: those that are filled in, and empty ones to go on."""
    found = []
    for at in range(1, MOST_CHANGES + 1):
        row = {name: str(asked.get(f"{name}{at}", "")).strip() for name in ("change", "site", "detail")}
        if row["site"] or row["detail"]:
            found.append(row)
    empty = {"change": "close", "site": "", "detail": ""}
    return [*found, *([empty] * max(1, ROWS - len(found)))][:MOST_CHANGES]


def edits_of(rows: list[dict[str, str]], names: dict[str, str]) -> dict[str, list[str]]:
    """Return the changes of the form in the words of `what_if`.

    Raises
    ------
    FieldError
        If a change lacks its site or its detail.
    """
    edits: dict[str, list[str]] = {}
    for at, row in enumerate(rows, start=1):
        change, site, detail = row["change"], row["site"], row["detail"]
        if not site and not detail:
            continue
        if change == "open" and not site:
            edits.setdefault("open", []).append(detail)
            continue
        if site not in names:
            raise FieldError(f"site{at}", f"Change {at}: choose a site.")
        if change not in CHANGES:
            raise FieldError(f"change{at}", f"Change {at}: choose what happens.")
        if change in ("close", "open"):
            edits.setdefault(change, []).append(site)
        elif not detail:
            raise FieldError(
                f"detail{at}", f"Change {at}: say {CHANGES[change].split(' to')[0].lower()} to what."
            )
        else:
            edits.setdefault(change, []).append(f"{site}:{detail}")
    if not edits:
        raise FieldError("site1", "Choose at least one site and what happens to it.")
    return edits


VIEWS: Final = (
    View("/p/{key}/sites", show=_show),
    View("/p/{key}/sites/new", show=_show_new),
    View("/p/{key}/sites/what-if", show=_show_what_if),
)
