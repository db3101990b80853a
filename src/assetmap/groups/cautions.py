"""The warnings that an estimate can carry: each has a fixed code and a sentence for people.

Words in braces are filled in where the warning is raised. `docs/groups.md` lists them all.
"""

from __future__ import annotations

from typing import Final

from assetmap.schema import Note

SENTENCES: Final = {
    "RATE_OLD": "The rate was {when}. Groups have come and gone since.",
    "RATE_NOT_LOCAL": "The rate is one number for {where}. It is not a count of groups in {place}.",
    "RATE_WITHOUT_SOURCE": "The rate ({rate:g} per 1,000) was given without a source, so nobody can check it.",
    "RATE_SMALL": (
        "The rate is {rate:g} groups per 1,000 people. If it was meant per person, give {more:g}."
    ),
    "CV_ASSUMED": (
        "How much areas differ (coefficient of variation {cv:g}) is an assumption, not a measurement. "
        "The default, 0.4, is borrowed from registered charities per head across cities (NCVO Almanac 2020)."
    ),
    "POP_SMALL": (
        "The population ({population:,.0f}) is under 50,000. A constant rate says little about so small a place."
    ),
    "NO_TREND": "A constant rate cannot show a trend: it shows how the population changes.",
    "NO_RANKING": "A constant rate cannot rank areas: it ranks them by population.",
    "SEEN_EXCEEDS_ESTIMATE": (
        "{seen:,} groups have been seen, more than the {expected:,} that the rate gives. Either the rate is too "
        "low here, or the lists hold groups that are registered, closed or counted twice."
    ),
    "OVERLAP_LOW": (
        "Groups on both lists{where}: only {both}. Below 7, the estimate tends to be too low: "
        "read the interval, not the number."
    ),
    "STRATA_MERGED": (
        "Too few groups of some kinds are on both lists, so these kinds were estimated together: {names}."
    ),
    "STRATUM_ON_ONE_LIST": (
        "{blind} has no group of the kind {stratum}, and {other} has {count:,}. They are counted as found: nothing "
        "is known about those on neither list, so the estimate is too low there."
    ),
    "STRATUM_SHARES_NONE": (
        "No group of the kind {stratum} is on both lists ({first:,} and {second:,}), though many should be by the other kinds. "
        "They are counted as found: check the links, because nothing is known about those on neither list."
    ),
    "LISTS_SPECIALISE": (
        "Each list shows kinds of group that the other tends to miss: without strata the estimate would be "
        "{pooled:,.0f}, not {size:,.0f}. The same can happen within a stratum, and then this estimate is too high."
    ),
    "LISTS_MISS_ALIKE": (
        "Both lists tend to miss the same kinds of group: without strata the estimate would be {pooled:,.0f}, not "
        "{size:,.0f}. The same can happen within a stratum, and then this estimate is too low."
    ),
    "TYPES_MATTER": (
        "Estimated by {by}, the number would be {size:,.0f} ({low:,.0f} to {high:,.0f}). "
        "Stratify by {by}, because the lists do not show all kinds of group equally well."
    ),
    "ODDS_RATIO_ASSUMED": "The odds ratio between the lists ({ratio}) is an assumption: two lists cannot show it.",
    "NOTHING_UNSEEN": (
        "Every group on one list is also on the other{how}, so the estimate equals the number of groups seen. "
        "That says more about the lists than about the groups."
    ),
    "LISTS_DEPENDENT": (
        "The lists do not look independent ({why}). Where one list copies from another and no model allows for it, the estimate is too low."
    ),
    "LINKS_UNREVIEWED": (
        "Groups on more than one list whose links nobody has reviewed: {linked:,}. Groups that may be the same as another, "
        "undecided: {doubtful:,}. A missed match makes the estimate too high, a false match makes it too low."
    ),
    "RELATIVE_ASSUMED": (
        "How often the lists show unregistered groups, compared with registered ones ({relative} times), is an "
        "assumption: nobody has measured it."
    ),
    "FEW_REGISTERED": (
        "Registered groups on the lists: only {found}. With so few, the completeness of the lists is hardly known."
    ),
    "NAMES_ONLY": (
        "At least one list has names and no usable location ({lists}), so the lists were linked by name alone. Two "
        "groups can have one name, and one group two. Postcodes, types and registration numbers would allow better "
        "links, and registered groups could be removed."
    ),
    "ROWS_LEFT_OUT": "Rows of the lists that could not be used and are not in the estimate: {rows}.",
    "STALE_RECORDS": (
        "{count:,} of {rows:,} groups were last checked more than three years before the newest check. "
        "Groups that have closed make the estimate too high."
    ),
    "REGISTERED_UNKNOWN": (
        "Groups counted as unregistered although nobody knows whether they are: {count:,}."
    ),
    "MLE_NOT_EXIST": (
        "Models that have no finite estimate for these counts and were not fitted: {count} ({models})."
    ),
    "NOT_IDENTIFIABLE": (
        "Models that these counts cannot determine and that were not fitted: {count} ({models})."
    ),
    "MODELS_DISAGREE": (
        "Models that fit about equally well (within 2 AIC) give {low:,.0f} to {high:,.0f}. "
        "Report this range, not one number."
    ),
    "FIT_NOT_TESTED": (
        "The best model ({model}) has as many terms as there are counts: it fits perfectly whatever the truth, so "
        "nothing tests it."
    ),
    "POOR_FIT": (
        "Even the best model does not fit the counts (deviance {deviance:.1f} with {freedom} degrees of freedom, "
        "probability {chance:.1g}): do not rely on its estimate."
    ),
    "LISTS_SHARE_NONE": (
        "Pairs of lists in the best model that share no group: {count}. How much they avoid each other cannot be "
        "known from the counts."
    ),
    "SEARCH_STOPPED": ("The search stopped after {count} models, so others may fit as well."),
    "LOWER_BOUND": (
        "This is a lower bound where some groups are harder to see than others in every round or list. Where each shows "
        "kinds of group that the others miss, there may be fewer groups than this."
    ),
    "PURPOSIVE_SAMPLE": (
        "The streets were chosen by hand, so what was found there cannot be scaled up to the whole place."
    ),
    "FEW_AREAS": "The rate rests on few counted areas ({areas}). Count at least ten.",
    "DEFINITION_MISMATCH": (
        "The methods count different things ({definitions}). Show them side by side and do not average them."
    ),
    "INTERVALS_DISAGREE": (
        "The intervals of {pairs} do not overlap. Either the methods count different things, "
        "or an assumption of at least one of them probably fails here."
    ),
    "SMOOTHED_UNRELIABLE": (
        "Smoothed rates of listed groups are not shown: in all {count} areas most of the figure would be the overall "
        "rate, not the area's own."
    ),
    "CIRCULAR_INPUT": (
        "The count {count:,} equals {rate:g} per 1,000 times the population. "
        "It was probably calculated from that rate, so it is not evidence for it."
    ),
    "POPULATION_MISSING": "Areas that have no population and get no share of the estimate: {count} ({first}).",
}
"""Code and sentence of every warning."""


def caution(code: str, **words: object) -> Note:
    """Return the warning with this code, its blanks filled in.

    Examples
    --------
    >>> caution("NO_RANKING").sentence
    'A constant rate cannot rank areas: it ranks them by population.'
    """
    return Note(code, SENTENCES[code].format(**words))
