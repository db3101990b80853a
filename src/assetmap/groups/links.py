"""How often links between two lists are wrong, from pairs that a person reviewed.

A missed link makes one group two and the estimate too high; a false link makes two groups one and the estimate too
low. With the share of links that are right (precision) and the share of true matches that were linked (recall), the
number on both lists is corrected: ``m precision / recall``. Limits: the reviewed pairs must be a random sample of
their kind, and matches that never became a pair to review are known only from a search by hand.

References
----------
Ding and Fienberg 1994, Survey Methodology 20, 149-158; Brown, Bycroft, Di Cecco, Elleouet, Powell, Račinskij, Smith,
Tam, Tuoto and Zhang 2020, Exploring developments in population size estimation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from assetmap.schema import InputError, first_few

LINKED = "merged"


@dataclass(frozen=True)
class LinkErrors:
    """Error rates of the links between two lists, 0-1, with their standard errors (0 where they are known).

    ``precision``: share of links that join the same group. ``recall``: share of the groups on both lists that
    were linked.
    """

    precision: float = 1.0
    recall: float = 1.0
    precision_error: float = 0.0
    recall_error: float = 0.0

    def __post_init__(self) -> None:
        """Refuse rates that are not between 0 and 1."""
        problems = [
            f"{name} must be above 0 and at most 1, not {rate:g}"
            for name, rate in (("precision", self.precision), ("recall", self.recall))
            if not 0 < rate <= 1
        ]
        problems += [
            f"{name} must be 0 or more, not {error:g}"
            for name, error in (
                ("precision_error", self.precision_error),
                ("recall_error", self.recall_error),
            )
            if not error >= 0
        ]
        if problems:
            raise InputError("The error rates of the links cannot be used: " + "; ".join(problems) + ".")

    @property
    def factor(self) -> float:
        """Return what the number of links is multiplied by to get the number of groups on both lists."""
        return self.precision / self.recall

    @property
    def log_variance(self) -> float:
        """Return the variance of the logarithm of the factor."""
        return (self.precision_error / self.precision) ** 2 + (self.recall_error / self.recall) ** 2


NO_ERRORS = LinkErrors()


def rate_links(
    *, links_right: int, links_checked: int, matches_linked: int, matches_checked: int
) -> LinkErrors:
    """Estimate the error rates of links from two random samples of pairs.

    Parameters
    ----------
    links_checked, links_right
        Links drawn at random and checked, and how many of them are right.
    matches_checked, matches_linked
        Groups known to be on both lists, found without the links (for example by telephone), and how many of
        them are linked.

    Returns
    -------
    LinkErrors
        With binomial standard errors, half a case added to each side so that no rate counts as certain.

    Raises
    ------
    InputError
        If the numbers cannot be used, with every problem at once.

    Examples
    --------
    >>> errors = rate_links(links_right=100, links_checked=100, matches_linked=180, matches_checked=200)
    >>> round(errors.precision, 3), round(errors.recall, 3), round(errors.recall_error, 3)
    (0.995, 0.898, 0.021)
    """
    problems = [
        f"{part} of {whole} {name} is not possible"
        for name, part, whole in (
            ("links", links_right, links_checked),
            ("matches", matches_linked, matches_checked),
        )
        if not 0 < part <= whole
    ]
    if problems:
        raise InputError("The links cannot be rated: " + "; ".join(problems) + ".")
    precision, precision_error = _rate(links_right, links_checked)
    recall, recall_error = _rate(matches_linked, matches_checked)
    return LinkErrors(precision, recall, precision_error, recall_error)


def rate_reviewed_links(review: pd.DataFrame) -> LinkErrors:
    """Estimate the error rates of links from a review table of which a random part was decided.

    Parameters
    ----------
    review
        All pairs that were linked or may be the same, as `review_table` returns them: ``outcome`` (``merged``
        where the pair was linked) and ``decision`` (``same``, ``different``, empty where nobody decided). Pairs
        to decide must be drawn at random, separately among linked pairs and others.

    Returns
    -------
    LinkErrors
        ``recall`` counts as missed what reviewers found among the pairs that were not linked. A match that is in
        no pair is not counted, so recall is at most this.

    Raises
    ------
    InputError
        If a kind of pair was not reviewed at all.

    Examples
    --------
    >>> lists = [am.read_assets(town.folder / name) for name in ("directory.csv", "hall_bookings.csv")]
    >>> review = am.register.review_table(am.build_register(lists).log)
    >>> review["decision"] = "same"
    >>> round(am.groups.rate_reviewed_links(review).precision, 2)
    0.98
    """
    missing = [column for column in ("outcome", "decision") if column not in review.columns]
    if missing:
        raise InputError(f"The review table has no column {first_few(missing)}.")
    words = review["decision"].fillna("").astype(str).str.strip().str.lower()
    linked = (review["outcome"] == LINKED).to_numpy()
    same, decided = (words == "same").to_numpy(), words.isin(["same", "different"]).to_numpy()
    if not (linked & same).any():
        raise InputError("No linked pair was reviewed and found to be the same: the links cannot be rated.")
    if (~linked).any() and not (~linked & decided).any():
        raise InputError(
            f"{int((~linked).sum())} pairs were not linked and none of them was reviewed. Decide a random part of them."
        )
    precision, precision_error = _rate(int((linked & same).sum()), int((linked & decided).sum()))
    right = precision * linked.sum()
    missed = missed_error = 0.0
    if (~linked).any():
        share, share_error = _rate(int((~linked & same).sum()), int((~linked & decided).sum()))
        missed, missed_error = share * (~linked).sum(), share_error * (~linked).sum()
    recall = right / (right + missed)
    right_error = precision_error * linked.sum()
    recall_error = math.hypot(missed * right_error, right * missed_error) / (right + missed) ** 2
    return LinkErrors(precision, recall, precision_error, recall_error)


def _rate(part: int, whole: int) -> tuple[float, float]:
    rate = (part + 0.5) / (whole + 1)
    return rate, math.sqrt(rate * (1 - rate) / (whole + 1))
