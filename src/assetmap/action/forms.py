"""Forms of social action on the lists, in their published order, and who runs the assets that take part in them.

The nine forms are those of the typology of social action (Enabling Social Action programme, 2016), from professional to community
control. They say what people do together; our own scale of five steps (``data/tables/typology.csv``) says who runs a place. The two
stand apart: no form is counted as a step, and no form is better than another. What no list says is not known, not absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.schema import check_assets, counted, reference_table, within_border

if TYPE_CHECKING:
    import geopandas as gpd

OVER: Final = ("closed", "proposed")
SECTORS: Final = {
    "council": "run_by_council",
    "public": "run_by_other_public_body",
    "town_or_parish_council": "run_by_town_or_parish_council",
    "community": "run_by_community_body",
    "private": "run_by_company",
    "unknown": "run_by_not_known",
}
"""Sector of ``data/tables/operator_types.csv`` -> column of the counts."""

NOT_SAID: Final = "not said"


def count_forms(assets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Count assets by form of social action and by who runs them.

    Parameters
    ----------
    assets
        The register; ``social_action`` holds codes of ``data/tables/social_action.csv`` joined by ``;``. Closed and proposed assets,
        and those beyond the border, do not count.

    Returns
    -------
    pandas.DataFrame
        Index ``form``: the nine codes in their published order, then ``not said`` (assets of which no list says a form). ``number`` (in
        the published order; missing for ``not said``), ``label``, ``assets``, and how many of them each sector runs (`SECTORS`). An asset
        with several forms counts in each.

    Examples
    --------
    >>> int(count_forms(assets)["assets"].drop("not said").sum())
    0
    """
    check_assets(assets)
    alive = _alive(assets)
    forms = reference_table("social_action")
    said = _forms_of(alive)
    sectors = _sectors(alive)
    lines = pd.DataFrame({"form": said.where(said != "", NOT_SAID), "sector": sectors.reindex(said.index)})
    counts = pd.crosstab(lines["form"], lines["sector"]).reindex(
        index=[*forms.index, NOT_SAID], columns=list(SECTORS), fill_value=0
    )
    table = pd.DataFrame(
        {
            "number": pd.Series([*forms["order"].astype(int), pd.NA], dtype="Int64").to_numpy(),
            "label": [*forms["label"], "Not said by any list"],
            "assets": counts.sum(axis=1),
        },
        index=counts.index,
    ).astype({"number": "Int64"})
    return table.join(counts.rename(columns=SECTORS)).rename_axis(index="form", columns=None)


def count_steps(assets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Count assets by our own five steps of who runs them, from professionals to members.

    Parameters
    ----------
    assets
        The register, as for `count_forms`.

    Returns
    -------
    pandas.DataFrame
        Index ``step`` (1 to 5 of ``data/tables/typology.csv``, then ``not known``): ``label``, ``assets``.

    Examples
    --------
    >>> am.action.count_steps(quillford.assets)["assets"].to_dict()
    {'1': 3, '2': 0, '3': 2, '4': 1, '5': 0, 'not known': 24}
    """
    check_assets(assets)
    alive = _alive(assets)
    steps = reference_table("typology")
    control = reference_table("operator_types")["control"]
    kinds = alive["operator_type"] if "operator_type" in alive else pd.Series("", index=alive.index)
    at = kinds.map(control).fillna("").replace("", "not known")
    counts = at.value_counts().reindex([*steps.index, "not known"], fill_value=0)
    table = pd.DataFrame({"label": [*steps["label"], "not known"], "assets": counts.astype("int64")})
    return table.rename_axis("step")


def describe_forms(forms: pd.DataFrame) -> str:
    """Say in one sentence of how many assets the lists say a form, and which are most frequent.

    Parameters
    ----------
    forms
        From `count_forms`.

    Examples
    --------
    >>> am.action.describe_forms(am.action.count_forms(quillford.assets))
    'Most frequent on the lists: formal volunteering (6 groups and places). For 17 groups and places no list says it.'
    """
    known = forms.drop(NOT_SAID)
    if not known["assets"].sum():
        return "Not known: no list says what people do together."
    most = known["assets"].max()
    first = [str(label).lower() for label in known.loc[known["assets"] == most, "label"]]
    named = " and ".join(filter(None, (", ".join(first[:-1]), first[-1])))
    missing = int((known["assets"] == 0).sum())
    none = f" {missing} of the nine forms {'is' if missing == 1 else 'are'} on no list." if missing else ""
    return (
        f"Most frequent on the lists: {named} ({counted(int(most), 'group or place', 'groups and places')}).{none} For "
        f"{counted(int(forms['assets'][NOT_SAID]), 'group or place', 'groups and places')} no list says it."
    )


def _alive(assets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    inside = within_border(assets)
    return inside[~inside["status"].isin(OVER)]


def _forms_of(assets: pd.DataFrame) -> pd.Series:
    """Return every form on the id of its asset; an empty text where no list says one."""
    if "social_action" not in assets:
        return pd.Series("", index=assets.index, dtype="str")
    said = assets["social_action"].fillna("").astype("str").str.split(r"\s*;\s*", regex=True).explode()
    known = said.where(said.isin(reference_table("social_action").index), "")
    some = known[known != ""]
    return pd.concat(
        [some, pd.Series("", index=assets.index.difference(some.index, sort=False), dtype="str")]
    )


def _sectors(assets: pd.DataFrame) -> pd.Series:
    kinds = assets["operator_type"] if "operator_type" in assets else pd.Series("", index=assets.index)
    return kinds.map(reference_table("operator_types")["sector"]).fillna("unknown")
