"""Break-even of a project: what ``[break_even]`` gives, for a service and for every site whose cost is on a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assetmap.schema import Note, within_border
from assetmap.sites.break_even import BreakEvenTerms, spending_table
from assetmap.sites.facts import with_site_facts

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from assetmap.project.settings import Settings


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
    spending = [] if table.spending_gbp is None else [(table.service, "", table.spending_gbp)]
    spending += _costs(assets, terms.years)
    if not spending:
        sentence = (
            "Break-even: [break_even] has no spending_gbp, and no open site on the lists has a cost (annual_cost_gbp), so there is "
            "nothing to work out."
        )
        return {}, (Note("BREAK_EVEN", sentence),)
    return {"break_even": spending_table(spending, terms)}, (Note("BREAK_EVEN", terms.sentence),)


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
