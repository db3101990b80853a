"""What can be wrong with a timetable: each fault with the sentence that says what was done about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from assetmap.schema import first_few

SENTENCES: Final = {
    "FILE_MISSING": "{count} [file that a timetable usually has is|files that a timetable usually has are] missing: {examples}.",
    "SERVICE_UNKNOWN": "{count} [trip names|trips name] a service that no calendar has: {examples}. [It never runs and was|They never run and were] left out.",
    "SERVICE_NEVER_RUNS": "{count} [service has|services have] no day on which [it runs|they run]: {examples}. [Its|Their] trips were left out.",
    "CALENDAR_ENDED": "{count} [service|services] ended before the week that was chosen: {examples}. [Its|Their] trips were left out.",
    "CALENDAR_LATER": "{count} [service begins|services begin] after the week that was chosen: {examples}. [Its|Their] trips were left out.",
    "DATE_BAD": "{count} [row of the calendars has a date that is not a date|rows of the calendars have dates that are not dates]: {examples}. [It was|They were] left out.",
    "ROUTE_UNKNOWN": "{count} [trip names|trips name] a route that is not in routes.txt: {examples}. [It was|They were] kept.",
    "TRIP_TWICE": "{count} [trip is|trips are] listed more than once in trips.txt: {examples}. The first row counts.",
    "TRIP_UNKNOWN": "{count} [trip|trips] of stop_times.txt [is|are] not in trips.txt: {examples}. [It was|They were] left out.",
    "TRIP_NO_TIMES": "{count} [trip has|trips have] no stop times: {examples}. [It was|They were] left out.",
    "TRIP_ONE_STOP": "{count} [trip has|trips have] only one stop: {examples}. [It was|They were] left out.",
    "STOP_TWICE": "{count} [row|rows] of stops.txt [repeats|repeat] a stop: {examples}. The first row of a stop counts.",
    "STOP_UNKNOWN": "{count} [stop|stops] of stop_times.txt [is|are] not in stops.txt: {examples}. The buses run, but nobody can use them there.",
    "STOP_NO_POSITION": "{count} [stop that buses serve has|stops that buses serve have] no position: {examples}. The buses run, but nobody can use them there.",
    "STOP_ABROAD": "{count} [stop that buses serve is|stops that buses serve are] not in Great Britain: {examples}. The buses run, but nobody can use them there.",
    "ORDER_BAD": "{count} [stop time has|stop times have] no whole number as stop_sequence, in trips such as {examples}. Such trips were left out.",
    "ORDER_TWICE": "{count} [stop time repeats|stop times repeat] a stop_sequence of the same trip, in trips such as {examples}. The order of the file counts.",
    "TIME_BAD": "{count} [stop time is not a time|stop times are not times], in trips such as {examples}. Such trips were left out.",
    "TIME_MISSING": "{count} [stop has|stops have] no time, in trips such as {examples}. The time between two known ones was spread evenly.",
    "TIME_NO_ENDS": "{count} [trip has|trips have] no time at the first or last stop: {examples}. [It was|They were] left out.",
    "TIME_BACKWARDS": "{count} [trip has|trips have] times that run backwards: {examples}. [It was|They were] left out.",
    "TOO_FAST": "{count} [trip goes|trips go] faster than 200 km/h between two stops: {examples}. [It was|They were] left out.",
    "FREQUENCIES": "{count} [trip runs|trips run] at regular intervals (frequencies.txt): {examples}. Each start counts as a trip.",
    "FREQUENCY_BAD": "{count} [row|rows] of frequencies.txt cannot be used: {examples}. [It was|They were] left out.",
    "AFTER_MIDNIGHT": "{count} [trip runs|trips run] on after midnight: {examples}. [It also counts|They also count] in the small hours of the next day.",
    "ON_REQUEST": "{count} [stop time is|stop times are] served only if you phone or ask the driver, in trips such as {examples}. They count as served.",
    "NOT_BUS": "{count} [trip is|trips are] not by bus or coach: {examples}. [It counts|They count] like a bus.",
}  # fmt: skip
"""``count`` and ``examples`` are filled in; of ``[one|many]`` the part that agrees with the count is used."""

HARMLESS: Final = ("FREQUENCIES", "AFTER_MIDNIGHT", "ON_REQUEST", "NOT_BUS", "CALENDAR_LATER")
"""Said so that nothing is silent; nothing is wrong with them."""


@dataclass
class Faults:
    """The faults found so far."""

    found: dict[str, tuple[int, list[str]]] = field(default_factory=dict)

    def add(self, fault: str, names: Iterable[object], count: int | None = None) -> None:
        """Note a fault with the names it concerns; `count` where they are not one name each."""
        examples = [str(name) for name in names]
        number = len(examples) if count is None else count
        if number:
            before, listed = self.found.get(fault, (0, []))
            self.found[fault] = (before + number, [*listed, *examples])

    def table(self) -> pd.DataFrame:
        """Return the faults as a table: index ``fault``; ``count``, ``examples``, ``sentence``."""
        rows = []
        for fault, sentence in SENTENCES.items():
            if fault in self.found:
                count, names = self.found[fault]
                examples = first_few(dict.fromkeys(names), most=3)
                words = _agreeing(sentence, count).format(count=f"{count:,}", examples=examples)
                rows.append((fault, count, examples, words))
        return pd.DataFrame(rows, columns=["fault", "count", "examples", "sentence"]).set_index("fault")


def _agreeing(sentence: str, count: int) -> str:
    return re.sub(r"\[([^|\]]*)\|([^\]]*)\]", r"\1" if count == 1 else r"\2", sentence)
