"""Numbers and text as people read them: exact counts, rounded estimates, text from outside made harmless.

Everything here returns plain text. `html` escapes it.
"""

from __future__ import annotations

import datetime
import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from assetmap.schema import Estimate, reference_table

NOT_KNOWN: Final = "not known"
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# C0 and C1 controls, line and paragraph separators, lone surrogates and non-characters: XML cannot hold them
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def plain(text: Any, *, most: int | None = None) -> str:
    r"""Return text on one line, without control characters, at most ``most`` characters long.

    A missing value gives an empty text. Text that looks like code (``{{ }}``, ``<b>``, ``$x$``) stays as written.

    >>> plain("Tea\n& talk")
    'Tea & talk'
    """
    if text is None or text is pd.NA or (isinstance(text, float) and math.isnan(text)):
        return ""
    line = _UNPRINTABLE.sub(" ", str(text)).strip()
    return line if most is None or len(line) <= most else line[: most - 1].rstrip() + "…"


def whole(value: float) -> str:
    """Return an exact count with commas between thousands; a missing count is ``not known``.

    >>> whole(575532)
    '575,532'
    """
    return NOT_KNOWN if pd.isna(value) else f"{round(value):,}"


def decimals(value: float, places: int) -> str:
    """Return a number with a fixed number of decimals; a missing number is ``not known``."""
    return NOT_KNOWN if pd.isna(value) else f"{value:,.{places}f}"


def p_value(value: float) -> str:
    """Return a p-value with three decimals; a smaller one is ``less than 0.001``.

    >>> p_value(0.0078), p_value(0.0001)
    ('0.008', 'less than 0.001')
    """
    return "less than 0.001" if value < 0.001 else decimals(value, 3)


def kilometres(metres: float) -> str:
    r"""Return a distance in kilometres: one decimal below 100 km, none above; a line never breaks before "km".

    >>> kilometres(3240), kilometres(12_740), kilometres(312_300)
    ('3.2\xa0km', '12.7\xa0km', '312\xa0km')
    """
    if pd.isna(metres):
        return NOT_KNOWN
    km = metres / 1000
    return f"{km:.1f}\N{NO-BREAK SPACE}km" if km < 99.95 else f"{km:,.0f}\N{NO-BREAK SPACE}km"


def travel_cost(cost: float, unit: str) -> str:
    r"""Return a travel cost: kilometres (from metres), or whole minutes.

    >>> travel_cost(3240, "m"), travel_cost(12.3, "min")
    ('3.2\xa0km', '12\xa0minutes')
    """
    if unit == "m" or pd.isna(cost):
        return kilometres(cost)
    return f"{cost:.0f}\N{NO-BREAK SPACE}minute" + ("" if round(cost) == 1 else "s")


def mean_of_new_sites(best: pd.DataFrame) -> str:
    r"""Say the mean to the nearest now and with new sites (`suggest_sites`), and how many people can reach none.

    >>> best = pd.DataFrame({"mean_cost_before": [2944.4], "mean_cost_after": [2800.2], "unit": ["m"]})
    >>> mean_of_new_sites(best.assign(unreached_before=0.0, unreached_after=0.0))
    'Mean distance to the nearest: 2.94\xa0km now, 2.80\xa0km with it.'
    """
    unit, (first, last) = str(best["unit"].iloc[0]), (best.iloc[0], best.iloc[-1])

    def mean(cost: float) -> str:
        space = "\N{NO-BREAK SPACE}"
        return f"{cost / 1000:.2f}{space}km" if unit == "m" else f"{cost:.1f}{space}minutes"

    now = (
        "none that is known to be open can be reached"
        if pd.isna(first["mean_cost_before"])
        else mean(first["mean_cost_before"])
    )
    then = "it" if len(best) == 1 else "all of them"
    words = f"Mean {'distance' if unit == 'm' else 'time'} to the nearest: {now} now, {mean(last['mean_cost_after'])} with {then}."
    if not first["unreached_before"] > 0:
        return words
    without = f"{people(first['unreached_before'])} now, {whole(last['unreached_after'])} with {then}"
    return f"{words} It leaves out people who can reach none: {without}."


def stated_limit(limit: float, unit: str = "m") -> str:
    r"""Return a limit that somebody chose, not rounded.

    >>> stated_limit(5000), stated_limit(2500), stated_limit(30, "min")
    ('5\xa0km', '2.5\xa0km', '30\xa0minutes')
    """
    if unit == "m":
        return f"{limit / 1000:g}\N{NO-BREAK SPACE}km"
    return f"{limit:g}\N{NO-BREAK SPACE}minute" + ("" if limit == 1 else "s")


def measured_by(mode: str) -> str:
    """Return how a mode of travel measures, to follow a verb: ``in a straight line``."""
    return {
        "straight": "in a straight line",
        "overland": "overland, using the ferries named in the settings",
        "walk": "on foot",
        "drive": "by car",
        "bus": "by bus",
        "own": "by the project's own travel times",
    }.get(mode, f"by {mode}")


def percent(share: float) -> str:
    """Return a share (0-1) as a percentage. Only everything is 100% and only nothing is 0%.

    >>> percent(0.23), percent(0.997), percent(1), percent(0.001)
    ('23%', 'over 99%', '100%', 'under 1%')
    """
    if pd.isna(share):
        return NOT_KNOWN
    if 0.995 <= share < 1:
        return "over 99%"
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


def estimated(value: float, *, step: int) -> str:
    """Return an estimate rounded to a multiple of ``step`` (from `step_of`).

    >>> estimated(2106.4, step=10)
    '2,110'
    """
    return NOT_KNOWN if pd.isna(value) else f"{round(value / step) * step:,}"


def step_of(estimate: float) -> int:
    """Return the step for rounding an estimate and both ends of its interval: three digits of the estimate, or 1.

    >>> step_of(1127.3), step_of(58.6), step_of(2_106_400)
    (10, 1, 10000)
    """
    if pd.isna(estimate) or estimate < 1000:
        return 1
    return int(10 ** (math.floor(math.log10(estimate)) - 2))


def interval(low: float, high: float, level: float, *, step: int | None = None) -> str:
    """Return an interval in words, with its level if there is one. The default step is that of the upper end.

    >>> interval(600, 1731, 0.8, step=10)
    '80% interval 600 to 1,730'
    """
    step = step or step_of(high)
    span = f"{estimated(low, step=step)} to {estimated(high, step=step)}"
    return f"published range {span}" if pd.isna(level) else f"{level * 100:.3g}% interval {span}"


def about(estimate: Estimate, noun: str) -> str:
    """Return an estimate with its interval: ``about 2,110 groups (80% interval 1,120 to 3,230)``."""
    step = step_of(estimate.estimate)
    span = interval(estimate.low, estimate.high, estimate.level, step=step)
    return f"about {estimated(estimate.estimate, step=step)} {noun} ({span})"


def groups_estimated(estimate: Estimate) -> str:
    """Return which groups an estimate counts, in its own words: every page that shows the number says this beside it.

    >>> groups_estimated(am.estimate_unregistered(307_923))
    'active groups that are on a local listing and on no official register'
    """
    return plain(estimate.definition) or "unregistered groups"


def counted(number: float, one: str, many: str = "") -> str:
    """Return a count with its noun, or noun and verb, in the form that agrees. The default plural adds an s.

    >>> counted(1, "small area"), counted(27, "library", "libraries"), counted(1, "site is", "sites are")
    ('1 small area', '27 libraries', '1 site is')
    >>> counted(float("nan"), "person", "people")
    'an unknown number of people'
    """
    many = many or f"{one}s"
    if pd.isna(number):
        return f"an unknown number of {many}"
    return f"{whole(number)} {one if round(number) == 1 else many}"


def share_of(share: float, of: str = "") -> str:
    """Return a share in brackets, after a space; nothing where there is nobody to have a share of.

    >>> share_of(0.25), share_of(0.5, " of that age group"), share_of(float("nan"))
    (' (25%)', ' (50% of that age group)', '')
    """
    return "" if pd.isna(share) else f" ({percent(share)}{of})"


def people(number: float) -> str:
    """Return a number of residents: ``1 person``, ``16,000 people``."""
    return counted(number, "person", "people")


def listing(items: list[str]) -> str:
    """Join items for a sentence: ``a, b and c``."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""


def known_part(name: Any) -> str:
    """Return the part of an area's name that people know, without the code in brackets that follows it.

    >>> known_part("Ludlow Town (Shropshire 038B)"), known_part("Shropshire 038B")
    ('Ludlow Town', 'Shropshire 038B')
    """
    words = plain(name)
    found = re.fullmatch(r"(.+) \([^()]*\d[^()]*\)", words)
    return found[1] if found else words


def area_listing(names: Iterable[Any], *, most: int = 8) -> str:
    """Return the names of areas for a sentence: each once, the most frequent first, and how many are left out.

    >>> area_listing(["Clun (A 037B)", "Ludlow Town (A 038B)", "Clun (A 037C)"])
    'Clun (2) and Ludlow Town'
    """
    counts = Counter(known_part(name) for name in names)
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    shown = [f"{name} ({counts[name]})" if counts[name] > 1 else name for name in ordered[:most]]
    left = len(ordered) - most
    return listing([*shown, *([counted(left, "other")] if left > 0 else [])])


def sentence(text: Any) -> str:
    """Return text that starts with a capital letter and ends with a full stop.

    >>> sentence("the rate holds here")
    'The rate holds here.'
    """
    words = plain(text)
    if not words:
        return ""
    return words[0].upper() + words[1:] + ("" if words[-1] in ".!?:…" else ".")


def date_words(date: Any) -> str:
    """Return an ISO date (year, month or day) in words; leave any other text as written.

    >>> date_words("2025-10"), date_words("2023-12-31"), date_words("2022")
    ('October 2025', '31 December 2023', '2022')
    """
    text = plain(date)
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text)
    if found is None:
        return text
    year, month, day = found.groups()
    try:
        datetime.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return text
    return " ".join([*([str(int(day))] if day else []), *([_MONTHS[int(month) - 1]] if month else []), year])


def latest_date(dates: pd.Series) -> str:
    """Return the latest of some dates in words, or ``""`` if none contains a year.

    ISO dates and text such as ``October 2025`` are compared by month; of any other text, only the last year counts.

    >>> latest_date(pd.Series(["2011", "end of 2023", "October 2023"]))
    'October 2023'
    """
    known = [_year_and_month(plain(date)) for date in dates]
    _, _, words = max((key for key in known if key), default=(0, 0, ""))
    return words


def _year_and_month(date: str) -> tuple[int, int, str] | None:
    words = date_words(date)
    years = re.findall(r"(?<!\d)\d{4}(?!\d)", words)
    if not years:
        return None
    months = [number for number, name in enumerate(_MONTHS, start=1) if f"{name} {years[-1]}" in words]
    if not months:
        return int(years[-1]), 0, years[-1]
    day = re.search(rf"\d{{1,2}} {_MONTHS[months[-1] - 1]} {years[-1]}", words)
    return int(years[-1]), months[-1], day[0] if day else f"{_MONTHS[months[-1] - 1]} {years[-1]}"


def asset_type_label(asset_type: str) -> str:
    """Return the everyday name of an asset type, from ``data/tables/asset_types.csv`` if it is listed there.

    >>> asset_type_label("village_hall")
    'Village or town hall'
    """
    table = reference_table("asset_types")
    if asset_type in table.index and table.at[asset_type, "label"]:
        return str(table.at[asset_type, "label"])
    return plain(asset_type).replace("_", " ").capitalize()
