"""The review as one page to read, print or send: the options side by side, the candidates, and annexes for an inquiry.

It has no script, sends no request to any host, and escapes every text from outside (`html`). The same review gives
the same bytes. The parts before the annexes are what a committee reads.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from assetmap.public import PUBLIC
from assetmap.schema import DevolutionReview, Estimate, check_areas, reference_table
from assetmap.show.html import bullets, joined, key_numbers, page, paragraph
from assetmap.show.pictures.figures import svg_text
from assetmap.show.review.candidates import (
    candidates_section,
    closures_section,
    combinations_section,
    criteria_section,
    dependence_section,
    fragility_section,
    limit_words,
    numbered,
)
from assetmap.show.review.charts import closures_chart, impact_chart
from assetmap.show.review.equality import consultation_section, equality_section, money_section, risks_section
from assetmap.show.review.methods import methods_section, sources_section
from assetmap.show.review.options import option_sections, side_by_side
from assetmap.show.review.sites import LIMITS, site_section
from assetmap.show.tables import write_csv
from assetmap.show.words import counted, listing, percent, plain, whole

if TYPE_CHECKING:
    import geopandas as gpd

    from assetmap.schema import OptionsReview

ANNEX: Final = "annex-"
"""What the anchors of annexes begin with: they come last, on pages of their own."""


def write_devolution(
    review: DevolutionReview,
    areas: gpd.GeoDataFrame,
    folder: str | Path,
    *,
    title: str,
    options: OptionsReview | None = None,
    land: gpd.GeoDataFrame | None = None,
    estimate: Estimate | None = None,
    sources: pd.DataFrame | None = None,
    audience: str = PUBLIC,
) -> list[Path]:
    """Write the review: a page, a table, and each chart as a picture.

    Parameters
    ----------
    review
        From `review_devolution`.
    areas
        The small areas of the review, for the maps.
    folder
        An existing folder.
    title
        Title of the page.
    options
        The options side by side; the page opens with them.
    land
        Land next to the areas, for the maps.
    estimate
        The estimate of unregistered groups that the review used; its text is added to the methods.
    sources
        Where the data comes from (docs/tables.md).
    audience
        ``public`` or ``internal``: who may see the register that the review was made from; the head of the page says so.

    Returns
    -------
    list of pathlib.Path
        ``devolution.csv`` (one row per site, one column per reason), ``devolution.html``, ``devolution_impact.svg``,
        ``devolution_closures.svg`` (only if hours are known).

    Examples
    --------
    >>> Path("review").mkdir()
    >>> review = am.sites.review_devolution(areas, assets)
    >>> [path.name for path in am.show.write_devolution(review, areas, "review", title="Libraries")]
    ['devolution.csv', 'devolution.html', 'devolution_impact.svg', 'devolution_closures.svg']
    """
    check_areas(areas)
    folder = Path(folder)
    html = folder / "devolution.html"
    charts = _charts(review)
    text = _html(
        review,
        areas,
        charts,
        title,
        options=options,
        land=land,
        estimate=estimate,
        sources=sources,
        audience=audience,
    )
    html.write_text(text, encoding="utf-8", newline="\n")
    written = [write_csv(review.sites, folder / "devolution.csv"), html]
    for name, svg in charts.items():
        chart = folder / f"devolution_{name}.svg"
        chart.write_text(svg, encoding="utf-8", newline="\n")
        written.append(chart)
    return written


def devolution_html(
    review: DevolutionReview,
    areas: gpd.GeoDataFrame,
    *,
    title: str,
    options: OptionsReview | None = None,
    land: gpd.GeoDataFrame | None = None,
    estimate: Estimate | None = None,
    sources: pd.DataFrame | None = None,
    audience: str = PUBLIC,
) -> str:
    """Return the page as HTML text; parameters as in `write_devolution`."""
    return _html(
        review,
        areas,
        _charts(review),
        title,
        options=options,
        land=land,
        estimate=estimate,
        sources=sources,
        audience=audience,
    )


def _html(
    review: DevolutionReview,
    areas: gpd.GeoDataFrame,
    charts: dict[str, str],
    title: str,
    *,
    options: OptionsReview | None,
    land: gpd.GeoDataFrame | None,
    estimate: Estimate | None,
    sources: pd.DataFrame | None,
    audience: str,
) -> str:
    sections: list[tuple[str, str, Markup | None]] = []
    if options is not None and options.options:
        limits = map_limits(review)
        sections += [
            ("options", "The options side by side", side_by_side(options)),
            ("each-option", "Each option", option_sections(options, areas, limits=limits, land=land)),
            ("equality", "Equality impact", equality_section(options)),
        ]
        if len(options.response_notes):
            sections.append(("consultation", "What people said", consultation_section(options)))
    sections += [
        ("impact", "Candidates", candidates_section(review, charts)),
        ("closures", "What closures would mean", closures_section(review, charts)),
        ("fragility", "Already run locally", fragility_section(review)),
        ("money", "Money and condition", money_section(review)),
    ]
    if options is not None and options.options:
        sections.append(("risks", "Steps and risks", risks_section(options)))
    annexes: list[tuple[str, Markup | None]] = [
        ("Site by site", _site_by_site(review, areas, land)),
        ("Who depends on one site", dependence_section(review)),
        ("Combinations of closures", combinations_section(review, charts) if len(review.closures) else None),
        ("Criteria and questions", criteria_section(review)),
        ("Methods and limits", methods_section(review, options, estimate)),
        ("Sources", sources_section(sources) if sources is not None and len(sources) else None),
    ]
    names = {
        "Site by site": "sites",
        "Who depends on one site": "dependence",
        "Methods and limits": "methods",
    }
    present = [(name, part) for name, part in annexes if part]
    sections += [
        (f"{ANNEX}{names.get(name, name.split()[0].casefold())}", f"Annex {number}: {name}", part)
        for number, (name, part) in enumerate(present, start=1)
    ]
    return page(
        title,
        audience=audience,
        answer=_answer(review, options),
        sections=[(anchor, heading, part) for anchor, heading, part in sections if part],
    )


def map_limits(review: DevolutionReview) -> tuple[float, ...]:
    """Return the three costs that divide the colours of the maps of a review."""
    limits = tuple(review.settings["beyond"])[:3]
    return limits if len(limits) == 3 else LIMITS[review.settings["unit"]]


def _charts(review: DevolutionReview) -> dict[str, str]:
    candidates = review.sites[review.sites["candidate"]]
    charts = {"impact": svg_text(impact_chart(candidates))} if len(candidates) else {}
    if len(review.closures_front):
        charts["closures"] = svg_text(closures_chart(review.closures, review.closures_front))
    return charts


def _answer(review: DevolutionReview, options: OptionsReview | None) -> Markup:
    sites = review.sites
    when = review.settings.get("as_of")
    candidates = sites[sites["candidate"]]
    run = counted(int((sites["control"] >= 3).sum()), "is", "are")
    words = [
        f"This review covers {counted(len(sites), 'site')}"
        + (f", as in {when}; " if when else "; ")
        + f"{run} run by a local council or a community body.",
        f"{counted(len(candidates), 'site is a candidate', 'sites are candidates')}"
        + (f": {_quadrant_words(candidates)}." if len(candidates) else "."),
    ]
    sure = int(candidates["quadrant_sure"].sum())
    if len(candidates):
        first = candidates.sort_values("impact_rank").iloc[0]
        words += [
            f"For {sure} of them the result holds whatever the unknown answers turn out to be."
            if sure
            else "Unknown answers could change the result for each of them.",
            f"Of the candidates, no closure would have a greater impact on people than that of {plain(first['name'])}.",
        ]
    alone = review.dependence["people_only_here"].sum()
    numbers = [
        ("people", whole(sites["people_nearest"].sum()), "each counted at their nearest site"),
        ("people with only one site", whole(alone), f"within {limit_words(review)}"),
        ("of answers known", percent(_answers_known(review)), "about conditions for social action"),
    ]
    parts: list[str | None] = []
    if options is not None and options.options:
        many = counted(len(options.options), "option is", "options are")
        parts.append(
            paragraph(
                f"{many} compared with what is there today. To be decided: which of them, if any.",
                kind="answer",
            )
        )
        parts.append(bullets(each.sentence for each in options.options))
        parts.append(paragraph(*words))
    else:
        parts.append(paragraph(*words, kind="answer"))
    return joined((*parts, key_numbers(numbers)))


def _quadrant_words(sites: pd.DataFrame) -> str:
    counts = sites["quadrant"].value_counts()
    names = reference_table("devolution_quadrants").index
    return listing([f"{counts[name]} “{name}”" for name in names if counts.get(name)])


def _answers_known(review: DevolutionReview) -> float:
    questions = list(reference_table("conditions_checklist").index)
    answers = review.answers.loc[review.sites.index[review.sites["candidate"]], questions]
    return float((answers != "unknown").to_numpy().mean()) if answers.size else 0.0


def _site_by_site(review: DevolutionReview, areas: gpd.GeoDataFrame, land: gpd.GeoDataFrame | None) -> Markup:
    order = review.sites.sort_values(
        ["candidate", "impact", "people_nearest"], ascending=False, kind="stable"
    )
    return joined(
        site_section(review, areas, asset_id, number, land=land)
        for number, (asset_id, _) in numbered(review, order)
    )
