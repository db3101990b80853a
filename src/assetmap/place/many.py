"""Build many places, one after another on this machine or in parallel on a Dask cluster.

Each place is built on its own, so a lost worker affects only the place it was building. Every worker must see the
folders under the same path.
"""

from __future__ import annotations

import importlib
import itertools
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.access.costs import LIMIT_M
from assetmap.place.make import make_project
from assetmap.project.build import RUN_NAME, build
from assetmap.project.folder import open_project
from assetmap.project.output import write_whole
from assetmap.project.settings.reading import CONFIG_NAME
from assetmap.read.files import read_bytes
from assetmap.read.tables import read_table
from assetmap.schema import AssetmapError, InputError, first_few
from assetmap.show.tables import write_csv

JOINED: Final = ("areas.csv", "assets.csv", "gaps.csv", "rejected.csv")
"""Tables that are joined for all places, with a first column ``place``."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """One place: an existing project folder, or a place to make a project for from shared inputs."""

    place: str
    folder: Path
    output: Path
    inputs: Path | None = None
    limit_m: float = LIMIT_M


@dataclass(frozen=True)
class Outcome:
    """How the build of a place ended: ``built``, ``failed`` (see the message) or ``lost`` (its worker was lost)."""

    place: str
    outcome: str
    seconds: float
    message: str


def build_many(
    areas: str | Path,
    output: str | Path,
    *,
    inputs: str | Path | None = None,
    scheduler: str | None = None,
    limit_m: float = LIMIT_M,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Build many places and join their tables.

    Parameters
    ----------
    areas
        CSV with a column ``folder`` (projects, relative to the file) or a column ``area`` (what
        `make_project` takes: names or codes of local authorities).
    output
        Folder for the results: a folder for each place, and the joined tables (``places.csv`` and those in
        `JOINED`).
    inputs
        Folder of official files, needed for a column ``area``.
    scheduler
        Address of a Dask scheduler (``tcp://host:8786``). Without it, places are built one after another in
        this process. Give each worker one thread.
    limit_m
        How far beyond the border of each place to look.
    progress
        Called with a sentence after each place.

    Returns
    -------
    pandas.DataFrame
        Index ``place``, in the order of the list: ``outcome`` (``built``, ``failed``, ``lost``), ``seconds``,
        ``message`` (why it failed), and for places that were built ``areas``, ``population``, ``assets``, ``estimate``,
        ``low``, ``high``. Also written to ``places.csv``.

    Raises
    ------
    InputError
        If the list cannot be used, or Dask is not installed or does not answer.

    Examples
    --------
    >>> build_many("councils.csv", "built", inputs="inputs", scheduler="tcp://10.0.0.5:8786")  # doctest: +SKIP
    """
    output = Path(output)
    jobs = read_jobs(areas, output, inputs=inputs, limit_m=limit_m)
    say = progress or (lambda sentence: None)
    ended: dict[str, Outcome] = {}
    for outcome in run_jobs(build_one, jobs, scheduler=scheduler):
        ended[outcome.place] = outcome
        say(f"{len(ended)} of {len(jobs)}: {outcome.place} {outcome.outcome}")
    places = pd.DataFrame([_summary(job, ended[job.place]) for job in jobs]).set_index("place")

    def write(folder: Path) -> None:
        _join(jobs, ended, folder)
        write_csv(places, folder / "places.csv")

    write_whole(output, write, owned=JOINED, keep=[Path(areas)])
    return places


def read_jobs(
    areas: str | Path, output: Path, *, inputs: str | Path | None = None, limit_m: float = LIMIT_M
) -> list[Job]:
    """Read the list of places.

    Raises
    ------
    InputError
        If it cannot be read, has neither column, names a place twice, a folder is not a project, or `inputs` are
        missing.
    """
    areas = Path(areas)
    if not areas.is_file():
        raise InputError(f"There is no file '{areas}'. It lists the places, in a column 'area' or 'folder'.")
    column, values = _listed(areas)
    if column == "area" and inputs is None:
        raise InputError(
            f"'{areas}' lists areas, so the official files are needed too: give their folder with --inputs."
        )
    names = [re.sub(r"[^a-z0-9]+", "-", Path(value).name.casefold()).strip("-") for value in values]
    problems = [
        f"{count} places have the name '{name}'"
        for name, count in pd.Series(names).value_counts().items()
        if count > 1
    ]
    if column == "folder":
        missing = [value for value in values if not (areas.parent / value / CONFIG_NAME).is_file()]
        problems += (
            [f"no {CONFIG_NAME} in {len(missing)} of the folders: {first_few(missing)}"] if missing else []
        )
    if problems or not values:
        raise InputError(f"'{areas}' cannot be used: " + ("; ".join(problems) or "the list is empty") + ".")
    if column == "folder":
        return [
            Job(name, (areas.parent / value).resolve(), (output / name).resolve())
            for name, value in zip(names, values, strict=True)
        ]
    shared = Path(inputs or "").resolve()
    return [
        Job(value, (output / name).resolve(), (output / name / "build").resolve(), shared, limit_m)
        for name, value in zip(names, values, strict=True)
    ]


def _listed(path: Path) -> tuple[str, list[str]]:
    """Return the column of a list of places and its values.

    In a list with one column a line is a value, so that "Bristol, City of" needs no quotes.
    """
    raw = read_bytes(path)
    lines = [
        line.strip().strip('"').strip() for line in raw.decode("utf-8-sig", errors="replace").splitlines()
    ]
    if lines and lines[0].casefold() in ("area", "folder"):
        return lines[0].casefold(), [line for line in lines[1:] if line]
    table = read_table(path)
    column = next((name for name in ("folder", "area") if name in table.columns), None)
    if column is None:
        raise InputError(f"'{path}' needs a column 'area' or 'folder'; it has {first_few(table.columns)}.")
    return column, [value.strip() for value in table[column] if value.strip()]


def build_one(job: Job) -> Outcome:
    """Build one place; a problem with its inputs is reported in the outcome, not raised."""
    start = time.perf_counter()
    try:
        if job.inputs is not None and not (job.folder / CONFIG_NAME).is_file():
            make_project(job.folder, area=job.place, inputs=job.inputs, limit_m=job.limit_m)
        build(open_project(job.folder), job.output)
    except AssetmapError as error:
        return Outcome(job.place, "failed", round(time.perf_counter() - start, 1), str(error))
    return Outcome(job.place, "built", round(time.perf_counter() - start, 1), "")


def run_jobs(
    task: Callable[[Job], Outcome], jobs: Sequence[Job], *, scheduler: str | None = None
) -> Iterator[Outcome]:
    """Run a task for every job and yield each outcome when it is ready.

    Parameters
    ----------
    task
        A function that workers can import.
    jobs
        The places.
    scheduler
        Address of a Dask scheduler; without it the jobs run here, one after another.

    Raises
    ------
    InputError
        If Dask is not installed or the scheduler does not answer.
    """
    if scheduler is None:
        for job in jobs:
            yield task(job)
        return
    distributed = _dask()
    try:
        client = distributed.Client(scheduler, timeout=20, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(f"The Dask scheduler '{scheduler}' does not answer: {error}") from error
    with client:
        yield from _in_turn(client, distributed, task, list(jobs))


def _in_turn(
    client: Any, distributed: Any, task: Callable[[Job], Outcome], jobs: list[Job]
) -> Iterator[Outcome]:
    """Give each worker one place at a time, so that a lost worker never takes waiting places with it."""
    waiting = iter(jobs)
    at_once = max(sum(client.nthreads().values()), 1)
    futures = {client.submit(task, job, pure=False): job for job in itertools.islice(waiting, at_once)}
    done = distributed.as_completed(list(futures), loop=client.loop)
    for future in done:
        yield _outcome(future, futures.pop(future), distributed.KilledWorker)
        for job in itertools.islice(waiting, 1):
            following = client.submit(task, job, pure=False)
            futures[following] = job
            done.add(following)


def _dask() -> Any:
    try:
        return importlib.import_module("distributed")
    except ModuleNotFoundError as error:
        raise InputError("--scheduler needs Dask. Install it with: pip install 'assetmap[dask]'") from error


def _outcome(future: Any, job: Job, killed: type[Exception]) -> Outcome:
    if future.status == "finished":
        result: Outcome = future.result()
        return result
    error = future.exception() if future.status == "error" else None
    if error is None or isinstance(error, killed):
        return Outcome(
            job.place,
            "lost",
            0.0,
            "The worker that was building it was lost. Build this place again on its own.",
        )
    return Outcome(job.place, "failed", 0.0, f"{type(error).__name__}: {error}")


def _summary(job: Job, outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {
        "place": outcome.place,
        "outcome": outcome.outcome,
        "seconds": outcome.seconds,
        "message": outcome.message,
    }
    if outcome.outcome != "built":
        return row
    results = json.loads((job.output / RUN_NAME).read_text(encoding="utf-8"))["results"]
    groups = results["unregistered_groups"]
    row |= {name: results[name] for name in ("areas", "population", "assets")}
    return row | {name: groups[name] for name in ("estimate", "low", "high")}


def _join(jobs: Sequence[Job], ended: dict[str, Outcome], output: Path) -> None:
    """Join the tables of all places; every cell stays as its build wrote it."""
    for name in JOINED:
        parts = []
        for job in jobs:
            if ended[job.place].outcome == "built" and (job.output / name).is_file():
                part = read_table(job.output / name)
                part.insert(0, "place", job.place)
                parts.append(part)
        if parts:
            write_csv(pd.concat(parts, ignore_index=True), output / name, index=False)
