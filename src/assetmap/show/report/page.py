"""The report of a build: one HTML page to read, print or send, without script and without requests to any host.

The answer comes first, on four pages of paper; annexes prove it. A section is a function
``section(results) -> str | None`` in one of the modules of this folder, listed once in `SECTIONS`. It returns None if the columns it needs are missing. The same results give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markupsafe import Markup

from assetmap.schema import Results, check_areas, check_assets
from assetmap.show.counts import setting, type_words
from assetmap.show.html import joined, page, paragraph
from assetmap.show.report import conditions, deserts, forms, gaps, grants, groups, paying, prevention, travel
from assetmap.show.report import places as parts
from assetmap.show.report import priorities as aims
from assetmap.show.report import sharing as lending
from assetmap.show.words import latest_date


@dataclass(frozen=True)
class Section:
    """A section of the report: its anchor, its heading (``{noun}`` is the asset type in use) and its function.

    An annex proves what the first four pages answer.
    """

    anchor: str
    heading: str
    write: Callable[[Results], str | None]
    annex: bool = False


SECTIONS: Final = (
    Section("map", "Where need is high and access is low", parts.map_of_gaps),
    Section("first", "Areas to look at first", parts.widest_gaps),
    Section("need", "Need and distance", parts.need_and_access),
    Section("more", "Where one more {noun} would help most", deserts.new_sites),
    Section("deserts", "People far from any open {noun}", deserts.deserts, annex=True),
    Section("bus", "There and back by bus, while it is open", travel.there_and_back, annex=True),
    Section("sensitivity", "How robust these gaps are", gaps.sensitivity, annex=True),
    Section("assets", "What is there", groups.assets_listed, annex=True),
    Section("sharing", "Who could lend what to whom", lending.sharing, annex=True),
    Section("forms", "Forms of social action", forms.forms, annex=True),
    Section("conditions", "Conditions for social action", conditions.conditions, annex=True),
    Section("grants", "Is money following need?", grants.grants, annex=True),
    Section("priorities", "Priorities and outcomes", aims.outcomes, annex=True),
    Section("prevention", "Prevention and acute need", prevention.prevention, annex=True),
    Section("break-even", "What must happen for spending to pay", paying.break_even, annex=True),
    Section("groups", "Groups that are on no register", groups.unregistered_groups, annex=True),
    Section("rows", "Rows to fix or check", groups.rows_not_used, annex=True),
    Section("methods", "Methods and limits", groups.methods_and_limits, annex=True),
    Section("sources", "Sources", groups.sources_used, annex=True),
)


def write_report(results: Results, path: str | Path) -> Path:
    """Write the report as one HTML file.

    Parameters
    ----------
    results
        All tables of a build. A section appears if ``results.areas`` has the columns it needs.
    path
        File to write.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    SchemaError
        If the areas or the register do not have the columns and types of docs/tables.md.

    Examples
    --------
    >>> am.write_report(results, "report.html").name
    'report.html'
    """
    path = Path(path)
    path.write_text(report_html(results), encoding="utf-8", newline="\n")
    return path


def report_html(results: Results) -> str:
    """Return the report as HTML text; parameters and errors as in `write_report`."""
    check_areas(results.areas)
    check_assets(results.assets)
    noun, _ = type_words(results)
    written = [(section, section.write(results)) for section in SECTIONS]
    main, annexes = (
        [
            (section.anchor, section.heading.replace("{noun}", noun), Markup(text))
            for section, text in written
            if text and section.annex == annex
        ]
        for annex in (False, True)
    )
    return page(
        results.title,
        header=_about(results),
        audience=setting(results, "project", "audience", ""),
        answer=joined((parts.answer(results), parts.numbers_to_remember(results))),
        sections=main,
        annexes=annexes,
        footer=_ending(results),
    )


def _about(results: Results) -> Markup:
    date = latest_date(results.sources["date"])
    return paragraph(
        f"{results.area_name}. Community assets, need and gaps by small area.",
        f"Data up to {date}." if date else "",
        kind="about",
    )


def _ending(results: Results) -> Markup:
    names = ("areas", "assets", "gaps", "rejected", *sorted(results.details))
    tables = ", ".join(f"{name}.csv" for name in names)
    return paragraph(
        f"Made with assetmap. The tables behind every number are in the same folder as this page: {tables}. The file "
        "run.json lists the inputs with their checksums, the settings and the software versions."
    )
