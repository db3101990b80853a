"""People: what fits a need in words, the sheet to take home, the count of unmet needs, and the public directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import assetmap as am
from assetmap.app.tasks.answers import call, opened, project_line, sentences, table
from assetmap.app.worker import Step
from assetmap.errors import counted
from assetmap.project import Found
from assetmap.show.referral.sheet import far_words

MOST_ROWS: Final = 50
DIRECTORY: Final = "directory"
"""Folder in a project for its public directory."""

SHEETS: Final = (".html", ".docx")


def need(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Find what fits a need in words near a postcode, and write the sheet to take home."""
    found = _found(words, step)
    request = found.request
    rows = found.table.head(MOST_ROWS)
    shown = rows.assign(
        way=[far_words({str(key): cell for key, cell in row.items()}) for row in rows.to_dict("records")],
        fits=["yes" if row == "yes" else "perhaps" for row in rows["fits"]],
    )
    columns = {
        "name": "Name",
        "kind": "Type",
        "way": "How far",
        "fits": "Fits",
        "not_known": "Not known",
        "days_shown": "Days",
        "cost": "Cost",
        "booking": "Booking",
        "step_free": "Without steps",
        "address": "Address",
        "postcode": "Postcode",
        "phone": "Telephone",
        "website": "Website",
    }
    read = [[phrase, meaning] for phrase, meaning in request.read]
    read += [[word, "not known, and not used"] for word in request.unknown]
    tables = [
        {"caption": "How your words were read", "headings": ["Words", "Read as"], "rows": read, "numbers": []}
    ]
    if len(shown):
        tables.append(table(shown, columns, caption="What fits, best first"))
        step("Writing the sheet")
        for ending in SHEETS:
            am.project.write_referral(found, Path(words["scratch"]) / f"{words['name']}{ending}")
    fits = int((found.table["fits"] == "yes").sum())
    said = [f"Looking for: {request.sentence}.", _said(found, fits, words["within_km"])]
    options = {"within_km": words["within_km"]}
    return {
        "sentences": said,
        "tables": tables,
        "notes": [f"Measured {way}." for way in found.ways],
        "sheet": len(shown) > 0,
        "unmet": fits == 0 and bool(request.themes),
        "python": (
            f"{project_line(words['folder'])}\nrequest = am.project.read_request({words['need']!r})\n"
            f"found = {call('am.project.find_for_person', 'project', repr(words['postcode']), 'request', **options)}\n"
            "found.table"
        ),
    }


def count_need(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Count a need that nothing fits, with the consent of the person."""
    file = am.project.count_request(opened(words), _found(words, step), consent=True)
    return {"counted": file is not None}


def directory(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Write the public directory."""
    project = opened(words)
    made, _ = am.project.write_directory(project, project.folder / DIRECTORY, progress=step)
    return {
        "sentences": [f"{counted(len(made.entries), 'open group or place', 'open groups and places')}."],
        "notes": sentences(made.notes),
    }


def _found(words: dict[str, Any], step: Step) -> Found:
    request = am.project.read_request(words["need"], **words["options"])
    step("Looking around the postcode")
    return am.project.find_for_person(opened(words), words["postcode"], request, within_km=words["within_km"])


def _said(found: Found, fits: int, within_km: float) -> str:
    perhaps = len(found.table) - fits
    parts = [f"{fits:,} {'fits' if fits == 1 else 'fit'} within {within_km:g} km"]
    if perhaps:
        parts.append(
            f"{perhaps:,} may fit, because something about {'it' if perhaps == 1 else 'them'} is not known"
        )
    if found.left_out:
        parts.append(
            f"{found.left_out:,} more of the right kind {'is' if found.left_out == 1 else 'are'} near but "
            f"{'does' if found.left_out == 1 else 'do'} not fit"
        )
    return "; ".join(parts) + "."
