"""The tables of options and scenarios: for the evidence pack, and as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.rounding import rounded
from assetmap.show.tables import write_csv

if TYPE_CHECKING:
    from assetmap.schema import OptionsReview, Scenario

SCENARIO_PARTS: Final = ("areas", "people", "sites", "most_affected")
_OF_SCENARIO: Final = {
    "option_areas": "areas",
    "option_sites": "sites",
    "option_most_affected": "most_affected",
}
_OF_REVIEW: Final = {
    "option_equality": "equality",
    "option_responses": "responses",
    "option_response_areas": "responses_areas",
    "option_risks": "risks",
}
OPTION_TABLES: Final = tuple(
    f"{name}.csv" for name in ("options", "option_people", "option_changes", *_OF_SCENARIO, *_OF_REVIEW)
)


def option_tables(options: OptionsReview) -> dict[str, pd.DataFrame]:
    """Return the tables of options by name, numbers rounded to six decimals.

    Parameters
    ----------
    options
        The options side by side.

    Returns
    -------
    dict
        ``options`` (every number of the summary) and, if there are options, ``option_people``, ``option_changes``,
        ``option_areas``, ``option_sites``, ``option_most_affected``, ``option_equality``, ``option_risks`` and, with
        responses, ``option_responses`` and ``option_response_areas``. The option is the first column of each.

    Examples
    --------
    >>> review = am.sites.review_devolution(areas, assets)
    >>> sites = am.sites.sites_of_type(assets)
    >>> close = am.schema.Option("A", "Close one", {"close": ("St Ives",)})
    >>> options = am.sites.compare_options([close], areas, sites, review=review, postcodes=postcodes)
    >>> sorted(am.show.option_tables(options))[:3]
    ['option_areas', 'option_changes', 'option_equality']
    """
    tables = {"options": rounded(options.figures)}
    if not options.options:
        return tables
    tables["option_people"] = rounded(options.people)
    named = {each.option.name: each for each in options.options}
    changes = {name: each.changes.set_index("asset_id") for name, each in named.items()}
    tables["option_changes"] = rounded(pd.concat(changes, names=["option"]))
    for table, part in _OF_SCENARIO.items():
        parts = {name: getattr(each.scenario, part) for name, each in named.items()}
        tables[table] = rounded(pd.concat(parts, names=["option"]))
    for table, field in _OF_REVIEW.items():
        found = getattr(options, field)
        if len(found):
            tables[table] = rounded(found if found.index.nlevels > 1 else found.set_index("option"))
    return tables


def write_options(options: OptionsReview, folder: str | Path) -> list[Path]:
    """Write the tables of options, each as a CSV file (`option_tables`).

    Examples
    --------
    >>> from pathlib import Path
    >>> review = am.sites.review_devolution(areas, assets)
    >>> sites = am.sites.sites_of_type(assets)
    >>> close = am.schema.Option("A", "Close one", {"close": ("St Ives",)})
    >>> options = am.sites.compare_options([close], areas, sites, review=review, postcodes=postcodes)
    >>> Path("review").mkdir()
    >>> len(am.show.write_options(options, "review"))
    8
    """
    folder = Path(folder)
    return [write_csv(table, folder / f"{name}.csv") for name, table in option_tables(options).items()]


def write_scenario(scenario: Scenario, folder: str | Path) -> list[Path]:
    """Write the tables of a scenario: ``scenario_areas.csv`` and ``_people``, ``_sites`` and ``_most_affected``.

    Examples
    --------
    >>> from pathlib import Path
    >>> sites = am.sites.open_sites(assets)
    >>> after = am.sites.apply_changes(sites, am.sites.parse_changes({"close": ["St Ives"]}, assets))
    >>> scenario = am.sites.compare_scenario(areas, sites, after)
    >>> Path("scenario").mkdir()
    >>> len(am.show.write_scenario(scenario, "scenario"))
    4
    """
    folder = Path(folder)
    return [write_csv(getattr(scenario, part), folder / f"scenario_{part}.csv") for part in SCENARIO_PARTS]
