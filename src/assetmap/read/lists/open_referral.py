"""Fees, times, booking and telephone of a service in an Open Referral UK file, version 1 or 3, in words as lists have them."""

from __future__ import annotations

import re
from typing import Any, Final

DAYS: Final = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
ORDINALS: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_BYDAY: Final = re.compile(r"(?<![a-z])([+-]?\d)?\s*(MO|TU|WE|TH|FR|SA|SU)(?:[a-z]*day)?(?![a-z])", re.I)
_CURRENCIES: Final = {"": "£", "GBP": "£", "EUR": "€"}


def service_words(service: dict[str, Any]) -> dict[str, str]:
    """Return what a service costs, how to book and whom to ring, under headings that the register understands.

    Examples
    --------
    >>> service_words({"cost_options": [{"option": "Adults", "amount": 2.5}, {"option": "Under 16", "amount": 0}]})["cost"]
    'Adults £2.50; Under 16 free'
    """
    cost = _said(service, "fees_description") or _said(service, "fees")
    options = [_cost(each) for each in _records(service, "cost_options")]
    words = "; ".join(dict.fromkeys(filter(None, [cost, *options])))
    numbers = [*_records(service, "phones")]
    for contact in _records(service, "contacts"):
        numbers += _records(contact, "phones")
    phones = dict.fromkeys(filter(None, (_said(each, "number") for each in numbers)))
    return {"cost": words, "booking": _said(service, "application_process"), "phone": next(iter(phones), "")}


def times_in_words(*parts: dict[str, Any]) -> dict[str, str]:
    """Return the days and opening times of the first part (service, place or location) that has schedules.

    Examples
    --------
    >>> weekly = {"freq": "WEEKLY", "byday": "TH,FR", "opens_at": "10:00:00", "closes_at": "18:00:00"}
    >>> times_in_words({"schedules": [weekly]})
    {'days': 'Thursday, Friday', 'opening times': 'Thursday 10:00-18:00; Friday 10:00-18:00'}
    >>> times_in_words({"schedules": [{"freq": "MONTHLY", "byday": "1MO", "opens_at": "14:00"}]})
    {'days': 'first Monday of the month', 'opening times': 'first Monday of the month from 14:00'}
    """
    for part in parts:
        schedules = [
            *_records(part, "schedules"),
            *_records(part, "regular_schedules"),
            *_records(part, "regular_schedule"),
        ]
        days: list[str] = []
        times: list[str] = []
        for schedule in schedules:
            named = _days(schedule)
            clock = _clock(schedule)
            days += named
            times += [f"{day} {clock}" for day in named] if named and clock else []
            if not named or not clock:
                times += filter(None, [_said(schedule, "description")])
        if days or times:
            return {"days": ", ".join(dict.fromkeys(days)), "opening times": "; ".join(dict.fromkeys(times))}
    return {}


def _cost(option: dict[str, Any]) -> str:
    amount = option.get("amount")
    sign = _CURRENCIES.get(_said(option, "currency").upper(), f"{_said(option, 'currency')} ")
    try:
        pounds = None if amount in (None, "") else float(amount)
    except (TypeError, ValueError):
        pounds = None
    price = "" if pounds is None else "free" if pounds == 0 else f"{sign}{pounds:.2f}".replace(".00", "")
    until = _said(option, "valid_to")
    words = (
        _said(option, "option"),
        price,
        _said(option, "amount_description"),
        f"(until {until[:10]})" if until else "",
    )
    return " ".join(filter(None, words)) if any(words[:3]) else ""


def _days(schedule: dict[str, Any]) -> list[str]:
    """Return the days of a schedule: every week, every so many weeks, or in a month."""
    freq = _said(schedule, "freq").upper()
    every = _said(schedule, "interval") or "1"
    named = []
    text = _said(schedule, "byday") or _said(schedule, "weekday")
    for ordinal, code in _BYDAY.findall(text):
        day = DAYS[code.upper()]
        if freq == "MONTHLY":
            which = ORDINALS.get(int(ordinal), f"{ordinal}.") if ordinal else ""
            named.append(f"{which} {day} of the month".strip() if which else f"{day}, monthly")
        else:
            named.append(day if every == "1" else f"{day} every {every} weeks")
    if freq == "DAILY" and not named:
        return ["daily" if every == "1" else f"every {every} days"]
    return named


def _clock(schedule: dict[str, Any]) -> str:
    opens, closes = _said(schedule, "opens_at")[:5], _said(schedule, "closes_at")[:5]
    if opens and closes:
        return f"{opens}-{closes}"
    return f"from {opens}" if opens else f"until {closes}" if closes else ""


def _records(part: Any, key: str) -> list[dict[str, Any]]:
    found = part.get(key) if isinstance(part, dict) else None
    found = [found] if isinstance(found, dict) else found
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _said(part: dict[str, Any], key: str) -> str:
    value = part.get(key)
    return "" if value is None or isinstance(value, (dict, list)) else str(value).strip()
