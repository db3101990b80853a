"""Is money following need? Grants per area beside need, by where they work and by where their recipients have their address.

Everything is counted over the whole period of the list. Grants show where money went, not whether it was enough, nor what other
money there is; who did not apply is not on the list.
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.action.money import (
    LEVEL,
    concentration_curve,
    concentration_index,
    money_by_need,
    share_of_first,
    smooth_amounts,
)
from assetmap.action.placing import ADDRESS, LARGER, OUTSIDE, UNKNOWN, WORKS, place_grants
from assetmap.schema import GrantsReview as GrantsReview  # noqa: PLC0414 (a public name of this room)
from assetmap.schema import Note, counted, first_few

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

MORE: Final = 0.25
LESS: Final = 0.15
"""A fifth of the people has about its share of the money between these shares: our judgement."""

HIGH_NEED: Final = 2 / 3
"""High need is the third of the areas with most need, as in the gaps."""

SMOOTHED_GBP: Final = (
    "grants_gbp_smoothed_per_1000",
    "grants_gbp_low",
    "grants_gbp_high",
    "grants_own_weight",
)
SMOOTHED_COUNTS: Final = ("grants_smoothed_per_1000", "grants_low", "grants_high")

FEW: Final = 20
"""Below so many grants one of them can turn the answer."""

OURS: Final = (
    "grant_id", "recipient", "recipient_id", "amount_gbp", "award_date", "year", "purpose", "funder", "programme", "works_in", "office",
    "paid_staff", "user_led", "reach", "why_not",
)  # fmt: skip


def review_grants(
    areas: gpd.GeoDataFrame,
    grants: pd.DataFrame,
    *,
    postcodes: pd.DataFrame | None = None,
    need: str = "need",
    level: float = LEVEL,
) -> GrantsReview:
    """Set grants beside need.

    Parameters
    ----------
    areas
        Small areas with ``population`` and need.
    grants
        From `read_grants`.
    postcodes
        To find addresses; without them only codes, points and names are placed.
    need
        Column of need.
    level
        Level of the interval of a smoothed rate.

    Returns
    -------
    GrantsReview
        ``areas`` on exactly ``areas.index``: 0 where the list has no grant.

    Examples
    --------
    >>> grants = am.read.read_grants(town.folder / "grants.csv")
    >>> review = am.action.review_grants(quillford.areas, grants, postcodes=quillford.postcodes)
    >>> review.by_need.index.tolist(), int(review.areas["grants"].sum())
    ([1, 2, 3, 4, 5], 16)
    """
    parts, office = place_grants(grants, areas, postcodes)
    used = grants[grants["why_not"] == ""]
    on_areas = _on_areas(areas, used, parts, office, level)
    on_areas["grants_need"] = _against_need(on_areas, areas[need], areas["population"])
    ways = pd.DataFrame({"gbp": on_areas["grants_gbp"], "gbp_registered": on_areas["grants_gbp_registered"]})
    curve = concentration_curve(areas["population"], areas[need], ways)
    known = (areas["population"] > 0) & areas[need].notna()
    by_need = money_by_need(curve, float(areas.loc[known, "population"].sum()), ways[known].sum())
    here = used.loc[used.index.isin(parts.loc[parts["basis"] != OUTSIDE, "row"])]
    figures = _figures(here, parts, office) | {
        "outside_grants": len(used) - len(here),
        "followed_gbp": float(ways.loc[known, "gbp"].sum()),
        "levels_of_need": int(areas.loc[known, need].nunique()),
        "fifth_share": share_of_first(curve, "gbp"),
        "fifth_share_registered": share_of_first(curve, "gbp_registered"),
        "concentration": concentration_index(curve, "gbp"),
        "concentration_registered": concentration_index(curve, "gbp_registered"),
    }
    figures |= _told_apart(on_areas["grants_need"])
    notes = _notes(grants, on_areas, figures, int((~known).sum()))
    return GrantsReview(
        _listed(grants, parts, office), on_areas, curve, by_need, figures, describe_grants(figures), notes
    )


def describe_grants(figures: Mapping[str, float]) -> tuple[str, ...]:
    """Say in plain sentences what the figures of a list of grants are, the most important first.

    Parameters
    ----------
    figures
        ``GrantsReview.figures``.

    Examples
    --------
    >>> grants = am.read.read_grants(town.folder / "grants.csv")
    >>> review = am.action.review_grants(quillford.areas, grants, postcodes=quillford.postcodes)
    >>> am.action.describe_grants(review.figures)[0]
    'The fifth of the people who live where need is highest received 42% of the £114,350 ...'
    """
    if not figures["grants"]:
        return ("The list has no grant that can be counted.",)
    return tuple(
        filter(
            None,
            (
                _follows(figures),
                _head_offices(figures),
                _placed(figures),
                _small_areas(figures),
                _of_the_list(figures),
                *_to_whom(figures),
            ),
        )
    )


def _on_areas(
    areas: pd.DataFrame, used: pd.DataFrame, parts: pd.DataFrame, office: pd.Series, level: float
) -> pd.DataFrame:
    """Return what each area received, per 1,000 people, smoothed, and by address."""
    placed = parts[parts["area_code"].notna()]
    by_area = placed.groupby("area_code")
    people = areas["population"].astype(float)
    thousands = people.where(people > 0) / 1000
    table = pd.DataFrame(index=areas.index)
    table["grants"] = by_area["row"].nunique().reindex(areas.index, fill_value=0).astype("int64")
    table["grants_gbp"] = by_area["gbp"].sum().reindex(areas.index, fill_value=0.0)
    table["grants_per_1000"] = table["grants"] / thousands
    table["grants_gbp_per_1000"] = table["grants_gbp"] / thousands
    table[[*SMOOTHED_GBP, *SMOOTHED_COUNTS]] = float("nan")
    if table.loc[people > 0, "grants_gbp"].sum() > 0:
        dispersion = float((placed["gbp"] ** 2).sum() / placed["gbp"].sum())
        found = smooth_amounts(table["grants_gbp"], people, dispersion=dispersion, level=level)
        table[list(SMOOTHED_GBP)] = found.to_numpy()
        counts = smooth_amounts(table["grants"].astype(float), people, level=level)
        table[list(SMOOTHED_COUNTS)] = counts[["smoothed_per_1000", "low", "high"]].to_numpy()
    registered = used["amount_gbp"].groupby(office).sum()
    table["grants_gbp_registered"] = registered.reindex(areas.index, fill_value=0.0)
    table["grants_gbp_registered_per_1000"] = table["grants_gbp_registered"] / thousands
    return table


def _against_need(on_areas: pd.DataFrame, need: pd.Series, population: pd.Series) -> pd.Series:
    """Say where need is high and whether the money is clearly more or less than overall: the interval decides, not the rate."""
    known = need.notna() & (population > 0)
    overall = (
        1000 * on_areas.loc[known, "grants_gbp"].sum() / population[known].sum()
        if known.any()
        else float("nan")
    )
    high = need.rank(pct=True) > HIGH_NEED
    words = pd.Series("no clear difference", index=on_areas.index, dtype=object)
    for clearly, amount in (
        (on_areas["grants_gbp_high"] < overall, "less"),
        (on_areas["grants_gbp_low"] > overall, "more"),
    ):
        for needs, where in ((high, "high need"), (~high, "other need")):
            words[clearly & needs] = f"{where}, clearly {amount} money"
    return words.where(known, None)


def _figures(used: pd.DataFrame, parts: pd.DataFrame, office: pd.Series) -> dict[str, float]:
    """Count what the list says."""
    amounts = used["amount_gbp"]
    names = used["recipient_id"].where(used["recipient_id"] != "", used["recipient"].str.casefold())
    by_basis = parts.groupby("basis")["gbp"].sum()
    works = parts[parts["basis"] == WORKS]
    address = works["row"].map(office)
    both = ~address.isin((UNKNOWN, LARGER))
    moved = both & (address != works["area_code"])
    figures: dict[str, float] = {
        "grants": len(used),
        "gbp": float(amounts.sum()),
        "recipients": int(names[names != ""].nunique()),
        "median_gbp": float(amounts.median()) if len(used) else float("nan"),
        "first_year": float(used["year"].min()) if used["year"].notna().any() else float("nan"),
        "last_year": float(used["year"].max()) if used["year"].notna().any() else float("nan"),
        "placed_gbp": float(parts.loc[parts["area_code"].notna(), "gbp"].sum()),
        "both_gbp": float(works.loc[both, "gbp"].sum()),
        "moved_gbp": float(works.loc[moved, "gbp"].sum()),
    }
    names_of = {
        "works_gbp": WORKS,
        "address_gbp": ADDRESS,
        "larger_gbp": LARGER,
        "outside_gbp": OUTSIDE,
        "unknown_gbp": UNKNOWN,
    }
    figures |= {name: float(by_basis.get(basis, 0.0)) for name, basis in names_of.items()}
    for column in ("paid_staff", "user_led"):
        figures |= {f"{column}_{word}": int((used[column] == word).sum()) for word in ("yes", "no")}
    figures |= {
        f"reach_{word}": int((used["reach"] == word).sum()) for word in ("local", "regional", "national")
    }
    figures |= {
        f"reach_{word}_gbp": float(amounts[used["reach"] == word].sum())
        for word in ("local", "regional", "national")
    }
    return figures | {"paid_staff_no_gbp": float(amounts[used["paid_staff"] == "no"].sum())}


def _follows(figures: Mapping[str, float]) -> str:
    share = figures["fifth_share"]
    if figures["levels_of_need"] == 1:
        return "We cannot tell whether the money follows need: need is the same in all areas."
    if isnan(share):
        return "Whether the money follows need is not known: none of it can be placed in a small area with people and need."
    words = "more than" if share > MORE else "less than" if share < LESS else "about"
    where = (
        "that can be placed"
        if figures["followed_gbp"] == figures["placed_gbp"]
        else "placed in small areas whose people and need are known"
    )
    return (
        f"The fifth of the people who live where need is highest received {share:.0%} of the {_gbp(figures['followed_gbp'])} {where}: "
        f"{words} their share. The list is counted as a whole, so this has no interval; it says where the money went, not "
        "whether it was enough."
    )


def _told_apart(against_need: pd.Series) -> dict[str, float]:
    """Count the areas of which it is clear that they received more or less than overall."""
    words = against_need.dropna().astype(str)
    return {
        "areas_compared": len(words),
        "high_need_more": int((words == "high need, clearly more money").sum()),
        "high_need_less": int((words == "high need, clearly less money").sum()),
        "other_need_more": int((words == "other need, clearly more money").sum()),
        "other_need_less": int((words == "other need, clearly less money").sum()),
    }


def _small_areas(figures: Mapping[str, float]) -> str:
    """Say how many areas can be told apart from the overall rate, as the map shows it."""
    many = int(figures["areas_compared"])
    less, more, other_less, other_more = (
        int(figures[f"{need}_need_{words}"]) for need in ("high", "other") for words in ("less", "more")
    )
    if not many or not figures["placed_gbp"]:
        return ""
    rest = many - less - more - other_less - other_more
    if rest == many:
        instead = (
            " Look at the fifths of the people, not at single areas." if figures["levels_of_need"] > 1 else ""
        )
        return (
            f"Small areas: with {counted(int(figures['grants']), 'grant')} none of the {many:,} can be told apart from the overall pounds per 1,000 "
            f"people.{instead}"
        )
    return (
        f"Small areas: of those with high need, {less:,} received clearly less per 1,000 people than overall and {more:,} clearly more; of the others, "
        f"{other_less:,} clearly less and {other_more:,} clearly more. {counted(rest, 'area')} cannot be told apart from the overall figure."
    )


def _head_offices(figures: Mapping[str, float]) -> str:
    if not figures["both_gbp"]:
        return "Head offices: not known, because the list does not say both where the money works and where its recipients have their address."
    share = figures["moved_gbp"] / figures["both_gbp"]
    words = (
        f"Head offices: {_gbp(figures['moved_gbp'])} ({share:.0%}) of the {_gbp(figures['both_gbp'])} with both places known works in a different small "
        "area from the recipient's address."
    )
    other = figures["fifth_share_registered"]
    if isnan(other) or figures["levels_of_need"] == 1:
        return words
    return f"{words} Counted by address alone, the same fifth of the people would seem to have {other:.0%}."


def _placed(figures: Mapping[str, float]) -> str:
    said = (
        ("works_gbp", "works in a known small area"),
        ("address_gbp", "is placed by the address of the recipient alone, which may be a head office"),
        ("larger_gbp", "is for a larger area and is in no small one"),
        ("outside_gbp", "lies outside"),
        ("unknown_gbp", "has no place on the list that could be found"),
    )
    parts = [f"{_gbp(figures[name])} {words}" for name, words in said if figures[name]]
    return f"Where it is: {'; '.join(parts)}."


def _of_the_list(figures: Mapping[str, float]) -> str:
    first, last, away = figures["first_year"], figures["last_year"], int(figures["outside_grants"])
    years = (
        "" if isnan(first) else f" in {first:.0f}" if first == last else f" from {first:.0f} to {last:.0f}"
    )
    return (
        f"The list has {counted(int(figures['grants']), 'grant')} of {_gbp(figures['gbp'])} to {counted(int(figures['recipients']), 'recipient')}"
        f"{years}; half of the grants are {_gbp(figures['median_gbp'])} or less."
        + (
            f" {counted(away, 'more grant lies', 'more grants lie')} outside and {'is' if away == 1 else 'are'} not among them."
            if away
            else ""
        )
    )


def _to_whom(figures: Mapping[str, float]) -> tuple[str, ...]:
    """Say to whom the grants went, of those grants of which the list says it."""
    no, yes = int(figures["paid_staff_no"]), int(figures["paid_staff_yes"])
    staff = (
        f"Of the {no + yes} grants whose list says it, {no} ({no / (no + yes):.0%}; {_gbp(figures['paid_staff_no_gbp'])}) went to groups without paid staff."
        if no + yes
        else "How much went to groups without paid staff is not known: the list has no column for it."
    )
    led, other = int(figures["user_led_yes"]), int(figures["user_led_no"])
    users = (
        f"Of the {led + other} grants whose list says it, {led} ({led / (led + other):.0%}) went to groups that their users lead."
        if led + other
        else "How much went to groups that their users lead is not known."
    )
    counts = {word: int(figures[f"reach_{word}"]) for word in ("local", "regional", "national")}
    said = [
        f"{count} ({_gbp(figures[f'reach_{word}_gbp'])}) went to {word}"
        for word, count in counts.items()
        if count
    ]
    said[1:] = [words.replace(" went to ", " to ") for words in said[1:]]
    reach = (
        f"Of the {sum(counts.values())} grants whose list says it, {' and '.join(filter(None, (', '.join(said[:-1]), said[-1])))} organisations."
        if said
        else "How much went to local and to national organisations is not known."
    )
    return staff, users, reach


def _gbp(value: float) -> str:
    return "£0" if isnan(value) else f"£{value:,.0f}"


def _listed(grants: pd.DataFrame, parts: pd.DataFrame, office: pd.Series) -> pd.DataFrame:
    """Return the list with where each grant was placed."""
    by_row = parts.assign(area_code=parts["area_code"].fillna("")).groupby("row")
    joined = by_row["area_code"].agg(lambda codes: "; ".join(filter(None, codes)))
    table = grants[[column for column in OURS if column not in ("works_in", "office")]].copy()
    table.insert(len(table.columns) - 1, "placed_in", joined.reindex(table.index, fill_value=""))
    table.insert(
        len(table.columns) - 1,
        "basis",
        by_row["basis"].agg(lambda said: "; ".join(dict.fromkeys(said))).reindex(table.index, fill_value=""),
    )
    table.insert(len(table.columns) - 1, "address_in", office.reindex(table.index, fill_value=""))
    return table


def _notes(
    grants: pd.DataFrame, on_areas: pd.DataFrame, figures: dict[str, float], left_out: int
) -> tuple[Note, ...]:
    notes = []
    why = grants.loc[grants["why_not"] != "", "why_not"]
    if len(why):
        words = f"{counted(len(why), 'row')} of the list of grants {'is' if len(why) == 1 else 'are'} not counted, first: {why.iloc[0]} (row {why.index[0]})"
        notes.append(Note("GRANTS_NOT_COUNTED", f"{words}. grants.csv gives the reason for each."))
    others = [str(column) for column in grants.columns if column not in OURS]
    if others:
        sentence = f"The list of grants has columns that are not used: {first_few(others, most=5)}."
        notes.append(Note("GRANT_COLUMNS", sentence))
    if 0 < figures["grants"] < FEW:
        sentence = f"The list has only {counted(int(figures['grants']), 'grant')}: one large grant can change the answer."
        notes.append(Note("GRANTS_FEW", sentence))
    if figures["placed_gbp"] and on_areas["grants_gbp_low"].isna().all():
        sentence = "Pounds per 1,000 people differ between small areas no more than chance would explain."
        notes.append(Note("GRANTS_BY_CHANCE", sentence))
    if left_out:
        sentence = f"{counted(left_out, 'area')} without people or need {'is' if left_out == 1 else 'are'} not on the curve of grants."
        notes.append(Note("GRANTS_NO_NEED", sentence))
    return tuple(notes)
