"""The warnings that an estimate can carry: one fixed code and one sentence for people each.

Words in braces are filled in where the warning is raised. `docs/unregistered_groups.md` lists them all.
"""

from __future__ import annotations

from typing import Final

from assetmap.schema import Note

SENTENCES: Final = {
    "RATE_OLD": "The rate was counted in {year}; groups have come and gone since.",
    "RATE_NOT_LOCAL": "The rate was not counted in {place}; it uses no local evidence about groups.",
    "CV_ASSUMED": (
        "How much areas differ (coefficient of variation {cv:g}) is assumed, not measured: "
        "the spread of registered charities per head across cities stands in for it."
    ),
    "POP_SMALL": (
        "The population ({population:,.0f}) is under 50,000: "
        "one constant rate says little about so small a place."
    ),
    "NO_TREND": "A constant rate cannot show a trend: two years differ only by their population.",
    "NO_RANKING": "A constant rate cannot rank areas: it ranks them by population.",
    "SEEN_EXCEEDS_ESTIMATE": (
        "{seen:,} groups have been seen, more than the {expected:,} of the estimate: the rate is too low "
        "here, or the lists hold groups that are registered, closed or counted twice."
    ),
    "OVERLAP_LOW": (
        "Only {both} groups are on both lists{where}; below 7 the estimate leans too low "
        "and its interval cannot be trusted."
    ),
    "NOTHING_UNSEEN": (
        "Every group of one list is on the other: the estimate is what was seen, "
        "which says more about the lists than about the groups."
    ),
    "LISTS_DEPENDENT": (
        "The lists do not look independent ({why}); two lists that feed each other put the estimate too low."
    ),
    "LINKS_UNREVIEWED": (
        "{count:,} links between the lists were not reviewed by a person; "
        "each missed match puts the estimate too high, each wrong one too low."
    ),
    "STALE_RECORDS": (
        "{count:,} of {rows:,} groups were last checked over three years before the newest check; "
        "groups that have closed put the estimate too high."
    ),
    "REGISTERED_UNKNOWN": (
        "{count:,} groups are counted as unregistered although nobody knows whether they are."
    ),
    "MLE_NOT_EXIST": (
        "{count} of the models tried have no finite estimate for these counts and were not fitted: {models}."
    ),
    "NOT_IDENTIFIABLE": (
        "{count} of the models tried cannot be told from these counts and were not fitted: {models}."
    ),
    "MODELS_DISAGREE": (
        "Models that fit about equally well (within 2 AIC) give {low:,.0f} to {high:,.0f}: "
        "the range is the answer, not one number."
    ),
    "LOWER_BOUND": "This is a lower bound: groups that are hard to see are not in it.",
    "PURPOSIVE_SAMPLE": (
        "The streets were chosen by hand: what was found there cannot be scaled up to a place."
    ),
    "FEW_AREAS": "The rate rests on {areas} counted areas only; ten or more are wanted.",
    "DEFINITION_MISMATCH": (
        "The methods count different things ({definitions}): read them side by side, never average them."
    ),
    "INTERVALS_DISAGREE": (
        "The intervals of {pairs} do not overlap: at least one rests on an assumption that fails here."
    ),
    "CIRCULAR_INPUT": (
        "The count {count:,} equals {rate:g} per 1,000 times the population: "
        "it was probably calculated from the rate and is no evidence for it."
    ),
    "POPULATION_MISSING": "{count} areas have no population and get no share (first {first}).",
}
"""Code and sentence of every warning."""


def caution(code: str, **words: object) -> Note:
    """Return the warning of that code with its blanks filled in.

    Examples
    --------
    >>> caution("RATE_OLD", year=2010).sentence
    'The rate was counted in 2010; groups have come and gone since.'
    """
    return Note(code, SENTENCES[code].format(**words))
