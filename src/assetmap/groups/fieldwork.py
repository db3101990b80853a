"""What to do next in the field: which work narrows the interval most for its hours.

Each piece of work is a second source that no list fed: a random sample of streets, another list, or a review of links.
Its effect is that of the estimate as it stands: how wide the interval would be if the estimate were true. Limits: it
says how precise the answer would be, not whether its assumptions hold.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from assetmap.groups.links import LinkErrors
from assetmap.groups.overlap import Stratum, chapman, interval_above_seen, measure_overlap
from assetmap.schema import Estimate, InputError, first_few

STREETS, LIST, LINKS = "streets", "list", "links"


def plan_fieldwork(
    listed: int,
    estimate: Estimate,
    options: pd.DataFrame,
    *,
    streets: int = 0,
    links: LinkErrors | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare pieces of work by how much each narrows the interval of an estimate.

    Parameters
    ----------
    listed
        Groups that the lists show together.
    estimate
        The present estimate. It is taken as the truth.
    options
        One row per piece of work, index its name: ``kind`` (``streets``: a random sample of streets; ``list``: one
        more list, made independently; ``links``: reviewed pairs of the present two lists), ``size`` (streets
        to visit, groups on the list, or pairs to review) and ``hours`` (or pounds: any one unit of cost, above 0).
    streets
        Number of streets in the place, for ``streets``.
    links
        Error rates of the links that the estimate used, for ``links``; its ``inputs`` must be those of two lists.
    seed
        The same seed gives the same numbers.

    Returns
    -------
    pandas.DataFrame
        On the index of ``options``, best first: ``kind, size, hours``, ``width`` (expected width of the interval at
        the level of the estimate, in groups; that of a new second list or street sample on its own with all that
        is listed), ``width_share`` (that width divided by the present one) and ``narrower_per_hour`` (share of the
        present width that each hour takes off; 0 or less where the work does not help).

    Raises
    ------
    InputError
        With every problem at once.

    Examples
    --------
    >>> answer = am.groups.estimate_two_lists(55, 39, 18)
    >>> work = pd.DataFrame({"kind": ["list"], "size": [60], "hours": [8]}, index=["ask the library"])
    >>> am.groups.plan_fieldwork(76, answer, work, seed=1)[["kind", "hours"]].values.tolist()
    [['list', 8]]
    """
    _check_options(listed, estimate, options, streets, links)
    now = estimate.high - estimate.low
    widths = []
    for kind, size in zip(options["kind"], options["size"], strict=True):
        if kind == STREETS:
            table = simulate_street_sample(
                listed, estimate, streets=streets, visits=[int(size)], repeats=200, seed=seed
            )
            widths.append(float(table["width"].iloc[0]))
        elif kind == LIST:
            widths.append(_width_with_list(listed, estimate, int(size)))
        else:
            widths.append(_width_with_links(estimate, links or LinkErrors(), int(size)))
    plan = options[["kind", "size", "hours"]].copy()
    plan["width"] = widths
    plan["width_share"] = plan["width"] / now
    plan["narrower_per_hour"] = (1 - plan["width_share"]) / plan["hours"]
    return plan.sort_values(["narrower_per_hour", "hours"], ascending=[False, True], kind="stable")


def simulate_street_sample(
    listed: int,
    estimate: Estimate,
    *,
    streets: int,
    visits: Sequence[int],
    found_share: float = 1.0,
    repeats: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Simulate how narrow the interval becomes if a random sample of streets is used as a second list.

    Parameters
    ----------
    listed
        Groups on the list that you have.
    estimate
        The present estimate of all groups. It is taken as the truth.
    streets
        Number of streets in the place.
    visits
        Numbers of streets to try.
    found_share
        Share of a street's groups that a visit finds, 0-1.
    repeats
        Simulations.
    seed
        The same seed gives the same numbers.

    Returns
    -------
    pandas.DataFrame
        Index ``streets_visited``. Medians over the simulations: ``groups_found``, ``groups_on_both``,
        ``width`` (of the interval at the level of the estimate, in groups) and ``width_share``, that width
        divided by the present one. Streets differ in how many groups they have (exponential); whether a group
        is on the list does not depend on its street.

    Raises
    ------
    InputError
        With every problem at once.

    Examples
    --------
    >>> answer = am.groups.estimate_two_lists(55, 39, 18)
    >>> found = am.groups.simulate_street_sample(55, answer, streets=200, visits=[20, 80], repeats=50)
    >>> found["width"].is_monotonic_decreasing
    True
    """
    size = round(estimate.estimate)
    _check_survey(listed, size, streets, visits, found_share)
    random = np.random.default_rng(seed)
    busy = random.exponential(size=(repeats, streets))
    busy /= busy.sum(axis=1, keepdims=True)
    shown = np.cumsum(random.binomial(random.multinomial(listed, busy), found_share), axis=1)
    hidden = np.cumsum(random.binomial(random.multinomial(size - listed, busy), found_share), axis=1)
    now = estimate.high - estimate.low
    rows = {}
    for visited in visits:
        both, found = shown[:, visited - 1], shown[:, visited - 1] + hidden[:, visited - 1]
        widths = []
        for shared, second in zip(both.tolist(), found.tolist(), strict=True):
            answer = chapman(listed, second, shared)
            low, high = interval_above_seen(listed + second - shared, *answer, estimate.level)
            widths.append(high - low)
        width = float(np.median(widths))
        share = width / now if now > 0 else np.nan
        rows[visited] = (float(np.median(found)), float(np.median(both)), width, share)
    columns = ["groups_found", "groups_on_both", "width", "width_share"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("streets_visited")


def _width_with_list(listed: int, estimate: Estimate, size: int) -> float:
    """Return the width of the interval from all that is listed and an independent list of that size."""
    both = size * listed / estimate.estimate
    answer = chapman(listed, size, both)
    low, high = interval_above_seen(listed + size - both, *answer, estimate.level)
    return high - low


def _width_with_links(estimate: Estimate, links: LinkErrors, pairs: int) -> float:
    """Return the width of the interval of two lists after so many more pairs were reviewed."""
    first, second, both = (one.value for one in estimate.inputs[:3])
    errors = [
        (rate * (1 - rate) / (pairs + rate * (1 - rate) / error**2)) ** 0.5 if error > 0 else 0.0
        for rate, error in (
            (links.precision, links.precision_error),
            (links.recall, links.recall_error),
        )
    ]
    better = LinkErrors(links.precision, links.recall, *errors)
    low, high = measure_overlap([Stratum("all", int(first), int(second), both)], links=better).interval(
        estimate.level
    )
    return high - low


def _check_options(
    listed: int, estimate: Estimate, options: pd.DataFrame, streets: int, links: LinkErrors | None
) -> None:
    missing = [name for name in ("kind", "size", "hours") if name not in options.columns]
    if missing:
        raise InputError(f"The options have no column {first_few(missing)}.")
    problems = []
    unknown = sorted(set(options["kind"]) - {STREETS, LIST, LINKS})
    if unknown:
        problems.append(f"kind must be '{STREETS}', '{LIST}' or '{LINKS}', not {first_few(unknown)}")
    for name in ("size", "hours"):
        wrong = options.index[~(options[name].astype(float) > 0)]
        if len(wrong):
            problems.append(f"{name} must be above 0; it is not for {first_few(wrong)}")
    if not 0 < listed <= estimate.estimate:
        problems.append(
            f"listed must be between 1 and the estimate of {estimate.estimate:,.0f}, not {listed}"
        )
    if not estimate.high > estimate.low:
        problems.append("the interval of the estimate has no width")
    most = options.loc[options["kind"] == LIST, "size"]
    if (most > estimate.estimate).any():
        problems.append("a list cannot show more groups than the estimate")
    if (options["kind"] == STREETS).any() and streets < 1:
        problems.append("give the number of streets in the place")
    if (options["kind"] == LINKS).any() and (links is None or len(estimate.inputs) < 3):
        problems.append("give the error rates of the links of two lists")
    if problems:
        raise InputError("The fieldwork cannot be planned: " + "; ".join(problems) + ".")


def _check_survey(listed: int, size: int, streets: int, visits: Sequence[int], found_share: float) -> None:
    problems = []
    if not 0 <= listed <= size:
        problems.append(
            f"the list has {listed:,} groups, which must not be more than the estimate of {size:,}"
        )
    if streets < 1:
        problems.append(f"streets must be 1 or more, not {streets}")
    wrong = [visited for visited in visits if not 1 <= visited <= streets]
    if wrong:
        problems.append(f"visits must be between 1 and {streets}, not {', '.join(map(str, wrong))}")
    if not 0 < found_share <= 1:
        problems.append(f"found_share must be above 0 and at most 1, not {found_share}")
    if problems:
        raise InputError("The street sample cannot be simulated: " + "; ".join(problems) + ".")
