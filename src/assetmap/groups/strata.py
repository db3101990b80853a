"""Strata of two lists: which can be estimated on their own, which are merged, which one list cannot show.

A stratum that shares fewer than 7 groups says little on its own and is merged, but only with strata that it does not
contradict: kinds of group that a list shows far more or far less often stay apart. A stratum that one list does not
show at all, or of which no group is on both lists, though it should by the rates of the others, is counted as found,
because nothing can be said about those on neither list.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from assetmap.groups.cautions import caution
from assetmap.groups.overlap import LEAST_OVERLAP, Overlap, Stratum, measure_overlap
from assetmap.schema import Note

CONTRADICTS: Final = 0.01
"""Probability of an overlap as far from that of the other strata, below which a stratum is not merged with them."""


@dataclass(frozen=True)
class Strata:
    """Strata as they are estimated.

    ``usable``: estimated each on its own, names of merged ones joined by " + ". ``one_list``: on one list only, and
    ``shares_none``: on both lists but no group on both; these are counted as found.
    """

    usable: tuple[Stratum, ...]
    one_list: tuple[Stratum, ...] = ()
    shares_none: tuple[Stratum, ...] = ()

    @property
    def counted(self) -> tuple[Stratum, ...]:
        """Return the strata that are counted as found."""
        return (*self.one_list, *self.shares_none)


def arrange_strata(counts: pd.DataFrame) -> Strata:
    """Set aside strata that cannot be estimated, and merge small ones that do not contradict the others.

    Parameters
    ----------
    counts
        One row per stratum: ``first, second, both``.
    """
    rows = [
        Stratum(str(name), int(row[0]), int(row[1]), int(row[2]))
        for name, row in zip(counts.index, counts[["first", "second", "both"]].to_numpy(), strict=True)
    ]
    one_list = [row for row in rows if not row.first * row.second and _contradicts(row, rows)]
    rows = [row for row in rows if row not in one_list and row.first + row.second]
    apart = [row for row in rows if row.both < LEAST_OVERLAP and _contradicts(row, rows)]
    rows = [row for row in rows if row not in apart]
    none = [row for row in apart if not row.both]
    apart = [row for row in apart if row.both]
    while len(rows) > 1:
        rows.sort(key=lambda row: (row.both, row.name))
        if rows[0].both >= LEAST_OVERLAP:
            break
        one, other, *rest = rows
        rows = [
            Stratum(
                f"{one.name} + {other.name}",
                one.first + other.first,
                one.second + other.second,
                one.both + other.both,
            ),
            *rest,
        ]
    return Strata(tuple(sorted([*rows, *apart])), tuple(sorted(one_list)), tuple(sorted(none)))


def notes_of_strata(strata: Strata, names: tuple[str, str]) -> list[Note]:
    """Say what was merged and what one list cannot show."""
    notes = [
        caution("OVERLAP_LOW", both=row.both, where=f" in {row.name}" if len(strata.usable) > 1 else "")
        for row in strata.usable
        if row.both < LEAST_OVERLAP
    ]
    merged = [row.name for row in strata.usable if " + " in row.name]
    if merged:
        notes.append(caution("STRATA_MERGED", names="; ".join(merged)))
    for row in strata.one_list:
        blind, other = (names[1], names[0]) if row.second == 0 else names
        notes.append(
            caution(
                "STRATUM_ON_ONE_LIST",
                stratum=row.name,
                blind=blind,
                other=other,
                count=max(row.first, row.second),
            )
        )
    for row in strata.shares_none:
        notes.append(caution("STRATUM_SHARES_NONE", stratum=row.name, first=row.first, second=row.second))
    return notes


def notes_of_visibility(strata: Sequence[Stratum], overlap: Overlap, level: float) -> list[Note]:
    """Say where the strata show that some kinds of group are easier to find than others."""
    if len(strata) < 2:
        return []
    pooled = measure_overlap([pool(strata)]).size
    low, high = overlap.interval(level)
    if low <= pooled <= high:
        return []
    code = "LISTS_SPECIALISE" if pooled > high else "LISTS_MISS_ALIKE"
    return [caution(code, pooled=pooled, size=overlap.size)]


def pool(strata: Sequence[Stratum]) -> Stratum:
    """Add strata up to one."""
    return Stratum(
        "all",
        sum(row.first for row in strata),
        sum(row.second for row in strata),
        sum(row.both for row in strata),
    )


def _contradicts(row: Stratum, rows: Sequence[Stratum]) -> bool:
    """Whether the overlap of a stratum is out of line with that of all others together."""
    rest = pool([other for other in rows if other is not row])
    if not rest.first or not rest.second:
        return False
    for length, share in ((row.first, rest.both / rest.first), (row.second, rest.both / rest.second)):
        if length and _tail(row.both, length, share) < CONTRADICTS:
            return True
    return False


def _tail(count: float, trials: int, chance: float) -> float:
    """Return the smaller tail of a binomial count, both ends included."""
    if chance in (0.0, 1.0):
        return 1.0 if count == chance * trials else 0.0
    logs = [
        math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        + k * math.log(chance) + (trials - k) * math.log1p(-chance)
        for k in range(trials + 1)
    ]  # fmt: skip
    below = math.fsum(math.exp(log) for log in logs[: int(count) + 1])
    above = math.fsum(math.exp(log) for log in logs[int(count) :])
    return min(below, above)
