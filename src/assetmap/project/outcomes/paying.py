"""Break-even of a project: what ``[break_even]`` gives, for a service and for every site whose cost is on a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assetmap.project.folder import open_project
from assetmap.project.output import write_file
from assetmap.project.settings.reading import CONFIG_NAME, parse_settings
from assetmap.schema import Note, within_border
from assetmap.sites.break_even import BreakEvenTerms, spending_table
from assetmap.sites.facts import with_site_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from assetmap.project.folder import Project
    from assetmap.project.settings.keys import Settings


def break_even_terms(settings: Settings) -> BreakEvenTerms | None:
    """Return saving for each person, period and assumption as the settings give them; None without ``[break_even]``."""
    table = settings.break_even
    if table is None:
        return None
    return BreakEvenTerms(table.saving_per_person_gbp, table.assumption, table.years)


def detail_break_even(
    assets: gpd.GeoDataFrame, settings: Settings
) -> tuple[dict[str, pd.DataFrame], tuple[Note, ...]]:
    """Return the table ``break_even`` of a build: the service of the settings first, then open sites, highest cost first.

    Parameters
    ----------
    assets
        The register; ``annual_cost_gbp`` is the cost of a year.
    settings
        With or without ``[break_even]``.

    Returns
    -------
    tuple
        The table by its name, if it has rows, and the note ``BREAK_EVEN``.

    Raises
    ------
    InputError
        If a cost on a list cannot be read.
    """
    terms, table = break_even_terms(settings), settings.break_even
    if terms is None or table is None:
        return {}, ()
    found = pay_back(
        assets, terms, [] if table.spending_gbp is None else [(table.service, table.spending_gbp)]
    )
    if found is None:
        sentence = (
            "Break-even: [break_even] has no spending_gbp, and no open site on the lists has a cost (annual_cost_gbp), so there is "
            "nothing to work out."
        )
        return {}, (Note("BREAK_EVEN", sentence),)
    return {"break_even": found}, (Note("BREAK_EVEN", terms.sentence),)


def pay_back(
    assets: gpd.GeoDataFrame, terms: BreakEvenTerms, services: Sequence[tuple[str, float]] = ()
) -> pd.DataFrame | None:
    """Return the break-even of services, and of every open site whose cost is on a list, highest cost first (`spending_table`).

    Parameters
    ----------
    assets
        The register; ``annual_cost_gbp`` is the cost of a year.
    terms
        Saving for each person, period and assumption.
    services
        Name, and pounds over the whole period.

    Returns
    -------
    pandas.DataFrame or None
        None where nothing has a cost.

    Raises
    ------
    InputError
        If a cost on a list cannot be read, or a figure cannot be.

    Examples
    --------
    >>> terms = am.sites.BreakEvenTerms(9_000, "home care for two years (made up)", years=2)
    >>> am.project.pay_back(quillford.assets, terms, [("A link worker", 84_000.0)])["people_to_break_even"].tolist()
    [10, 41, 21, 15, 13, 11, 7, 4, 3, 2, 2, 2, 2, 1]
    """
    spending = [*((name, "", pounds) for name, pounds in services), *_costs(assets, terms.years)]
    return spending_table(spending, terms) if spending else None


def write_break_even(
    project: Project, terms: BreakEvenTerms, *, service: str = "", spending_gbp: float | None = None
) -> Project:
    """Write ``[break_even]`` into ``assetmap.toml``, so that the report and the review use it; comments and everything else stay.

    Parameters
    ----------
    project
        From `open_project`.
    terms
        Saving for each person, period and assumption.
    service, spending_gbp
        What is spent on, and pounds over the whole period; without them only sites with a cost have a break-even.

    Returns
    -------
    Project
        The project as it is now.

    Raises
    ------
    InputError
        If a figure or a text cannot be; nothing is written then.

    Examples
    --------
    >>> mine = am.open_project(am.new_project("my-area"))
    >>> terms = am.sites.BreakEvenTerms(9_000, "home care for two years (made up)", years=2)
    >>> mine = am.project.write_break_even(mine, terms, service="A link worker", spending_gbp=84_000)
    >>> mine.settings.break_even.years
    2.0
    """
    import tomlkit

    path = project.folder / CONFIG_NAME
    document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    table = document.get("break_even")
    if table is None:
        table = tomlkit.table()
        document["break_even"] = table
    values = {
        "saving_per_person_gbp": terms.saving_per_person_gbp,
        "years": terms.years,
        "assumption": terms.assumption,
        "service": service or None,
        "spending_gbp": spending_gbp,
    }
    for key, value in values.items():
        if value is not None:
            table[key] = value
        elif key in table:
            table.remove(key)
    text = tomlkit.dumps(document)
    parse_settings(text, path)
    write_file(path, lambda file: file.write_text(text, encoding="utf-8", newline="\n"))
    return open_project(project.folder)


def _costs(assets: gpd.GeoDataFrame, years: float) -> list[tuple[str, str, float]]:
    """Return what open sites cost over the period."""
    if "annual_cost_gbp" not in assets.columns:
        return []
    here = within_border(assets)
    here = here[(here["status"] == "open") & here["annual_cost_gbp"].notna()]
    read = with_site_facts(here[["name", "annual_cost_gbp", "geometry"]])
    read = read[read["annual_cost_gbp"] > 0].sort_values("annual_cost_gbp", ascending=False, kind="stable")
    return [
        (str(name), str(asset_id), float(cost) * years)
        for asset_id, name, cost in zip(read.index, read["name"], read["annual_cost_gbp"], strict=True)
    ]
