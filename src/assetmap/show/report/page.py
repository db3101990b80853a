"""The report of a build: one HTML page to read, print or send, with no script and no request to any host.

A section is a function ``section(results) -> str | None`` in one of the modules `report_*`, entered once in `SECTIONS`; it
returns None where the columns it needs are not there. The same results give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from markupsafe import Markup

from assetmap.schema import Results, check_areas, check_assets
from assetmap.show.html import joined, page, paragraph
from assetmap.show.report import gaps, groups
from assetmap.show.report import places as parts
from assetmap.show.report import sharing as lending
from assetmap.show.words import latest_date, plain


@dataclass(frozen=True)
class Section:
    """A section of the report: its anchor, its heading (``{noun}``: the type in use), and what writes it."""

    anchor: str
    heading: str
    write: Callable[[Results], str | None]


SECTIONS: Final = (
    Section("map", "Where need is high and reach is low", parts.map_of_gaps),
    Section("first", "Areas to look at first", parts.widest_gaps),
    Section("need", "Need and distance", parts.need_and_access),
    Section("deserts", "People far from any open {noun}", gaps.deserts),
    Section("more", "Where one more {noun} would help most", gaps.new_sites),
    Section("sure", "How sure these gaps are", gaps.sensitivity),
    Section("assets", "What is there", groups.assets_listed),
    Section("sharing", "Who could lend what to whom", lending.sharing),
    Section("groups", "Groups that no register shows", groups.unregistered_groups),
    Section("rows", "Rows to mend or to look at", groups.rows_not_used),
    Section("methods", "Methods and limits", groups.methods_and_limits),
    Section("sources", "Sources", groups.sources_used),
)


def write_report(results: Results, path: str | Path) -> Path:
    """Write the report as one HTML file.

    Parameters
    ----------
    results
        All tables of a build. A section appears where ``results.areas`` has its columns.
    path
        File to write.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    SchemaError
        If the areas or the register do not have their shape.
    """
    path = Path(path)
    path.write_text(report_html(results), encoding="utf-8", newline="\n")
    return path


def report_html(results: Results) -> str:
    """Return the report as HTML text; parameters and errors as in `write_report`."""
    check_areas(results.areas)
    check_assets(results.assets)
    noun, _ = parts.type_words(results)
    named = [replace(each, heading=each.heading.replace("{noun}", noun)) for each in SECTIONS]
    written = [(section, section.write(results)) for section in named]
    shown = [(section, Markup(text)) for section, text in written if text]
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    body = joined(
        (
            Markup('<a class="skip" href="#answer">Skip to the answer</a>'),
            Markup("<header>\n{}\n</header>").format(_heading(results)),
            Markup('<main>\n<section id="answer" aria-label="The answer">\n{}\n</section>').format(
                joined((parts.answer(results), parts.key_figures(results)))
            ),
            _contents([section for section, _ in shown]),
            *(_section(section, text) for section, text in shown),
            Markup("</main>"),
            Markup("<footer>{}</footer>").format(_ending(results)),
        )
    )
    return page(results.title, body, style=style)


def _heading(results: Results) -> Markup:
    date = latest_date(results.sources["date"])
    return joined(
        (
            Markup("<h1>{}</h1>").format(plain(results.title)),
            paragraph(
                f"{results.area_name}. Community assets, need and gaps by small area.",
                f"Data up to {date}." if date else "",
                kind="about",
            ),
        )
    )


def _contents(sections: list[Section]) -> Markup:
    rows = [
        Markup('<li><a href="#{}">{}</a></li>').format(section.anchor, section.heading)
        for section in sections
    ]
    return Markup('<nav aria-label="Contents">\n<h2>Contents</h2>\n<ol>\n{}\n</ol>\n</nav>').format(
        joined(rows)
    )


def _section(section: Section, text: Markup) -> Markup:
    return Markup(
        '<section id="{0}" aria-labelledby="{0}-heading">\n<h2 id="{0}-heading">{1}</h2>\n{2}\n</section>'
    ).format(section.anchor, section.heading, text)


def _ending(results: Results) -> Markup:
    names = ("areas", "assets", "gaps", "rejected", *sorted(results.details))
    tables = ", ".join(f"{name}.csv" for name in names)
    return paragraph(
        f"Made with assetmap. The tables behind every figure lie beside this page ({tables}); run.json names the inputs with their checksums, the settings and the versions."
    )
