"""The app, as a person and as a small team feel it: ``python benchmarks/app.py``.

Measures, in the real app on a port of its own: a spreadsheet dropped to judged rows (400 and 20,000), an edit to the judged
row in the list of 20,000, a rebuild of Cornwall, and 20 editors and 50 readers on one project for a minute: lost updates,
errors, the median answer, memory. Beside each time by the clock are the CPU seconds of this process and of those that it
started: on a computer with other work to do, they say what the clock does not.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import random
import re
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pandas as pd
import uvicorn

import assetmap as am
from assetmap.app.application import make_app
from assetmap.app.jobs import Jobs
from assetmap.app.serve import KEEP_SECONDS
from assetmap.app.state import State
from assetmap.project.ready import get_ready
from assetmap.project.store import open_store, row

EDITORS, READERS, SECONDS = 20, 50, 60
THINKING = {True: 10.0, False: 5.0}
"""Seconds that an editor and a reader think before they do the next thing."""

CROWDS = 4
"""Processes that the people work in."""


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of all that it started, as far as the system says."""
    parents, seconds = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(path.parent.name)
        parents[number] = int(fields[1])
        seconds[number] = sum(int(each) for each in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    own = {os.getpid()}
    while more := {number for number, parent in parents.items() if parent in own} - own:
        own |= more
    return sum(seconds[number] for number in own) if seconds else time.process_time()


class Watch:
    """Seconds since it was made, by the clock and of the CPU."""

    def __init__(self) -> None:
        self.clock, self.cpu = time.perf_counter(), cpu_seconds()

    def read(self) -> tuple[float, float]:
        """Return both."""
        return time.perf_counter() - self.clock, cpu_seconds() - self.cpu


def said(found: list[tuple[float, float]]) -> str:
    """Return the medians of what a watch said."""
    clock, cpu = (statistics.median(each) for each in zip(*found, strict=True))
    return f"{clock:.2f} s, CPU {cpu:.2f} s"


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, address: str, token: str) -> None:
        self.http = httpx.Client(base_url=address, follow_redirects=True, timeout=60, trust_env=False)
        page = self.http.get(f"/enter?token={token}").text
        self.csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]

    def get(self, path: str) -> httpx.Response:
        """Load a page."""
        answer = self.http.get(path)
        answer.raise_for_status()
        return answer

    def send(self, path: str, files: object = None, **fields: str) -> httpx.Response:
        """Send a form."""
        return self.http.post(path, data={"csrf": self.csrf, **fields}, files=files)


@contextmanager
def running(home: Path, scratch: Path) -> Iterator[State]:
    """Run the app in threads of this process."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(200)
    state = State(home, frozenset({f"127.0.0.1:{listener.getsockname()[1]}"}), scratch, Jobs())
    server = uvicorn.Server(
        uvicorn.Config(make_app(state), log_level="error", ws="none", timeout_keep_alive=KEEP_SECONDS)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    get_ready()
    state.jobs.warm()
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield state
    server.should_exit = True
    thread.join(10)
    state.jobs.close()
    state.stores.close()


def spreadsheet(rows: int, seed: int = 1) -> bytes:
    """Return a list of groups of Cornwall as an xlsx; every twentieth postcode is wrong."""
    postcodes = am.read_postcodes(am.example_project().folder / "postcodes.csv.gz")
    live = postcodes[postcodes["live"] & postcodes["easting"].notna()].sample(
        rows, random_state=seed, replace=True
    )
    names = [
        f"{kind} of {code}, number {at}"
        for at, (code, kind) in enumerate(
            zip(live.index, ("Choir", "Club", "Pantry", "Guild") * rows, strict=False)
        )
    ]
    table = pd.DataFrame({"Group": names, "Post code": live.index, "Type": "community group"})
    table.loc[::20, "Post code"] = "n/a"
    out = io.BytesIO()
    table.to_excel(out, index=False)
    return out.getvalue()


def drop(person: Person, key: str, content: bytes, name: str) -> tuple[tuple[float, float], str]:
    """Drop a spreadsheet; return the seconds to the page with judged rows, and its address."""
    watch = Watch()
    page = person.send(f"/p/{key}/lists", files=[("files", (name, content))])
    seconds = watch.read()
    if "Must fix" not in page.text:
        raise SystemExit("The rows were not judged.")
    return seconds, page.url.path


def edit(person: Person, key: str, number: int, value: str) -> tuple[float, float]:
    """Change a cell of a row and wait for the page with its new outcome."""
    page = person.get(f"/p/{key}/rows/{number}").text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    seen = re.search(r'name="seen.postcode" value="([^"]*)"', page)[1]
    watch = Watch()
    fields = {"version": version, "cell.postcode": value, "seen.postcode": seen}
    answer = person.send(f"/p/{key}/rows/{number}", **fields)
    if "This row is now" not in answer.text:
        raise SystemExit("The edit was not saved.")
    return watch.read()


def team(state: State, key: str, numbers: list[int], seconds: float) -> None:
    """Let editors and readers work in processes of their own, and count what went wrong."""
    tokens = [state.sessions.new_token() for _ in range(EDITORS + READERS)]
    watch, busy = Watch(), multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(CROWDS, mp_context=busy) as pool:
        parts = [
            pool.submit(crowd, state.address, key, numbers, seconds, list(enumerate(tokens))[at::CROWDS])
            for at in range(CROWDS)
        ]
        found = [part.result() for part in parts]
    times = [each for part in found for each in part[0]]
    saved, problems = sum(part[1] for part in found), [each for part in found for each in part[2]]
    with open_store(state.home / key) as store:
        counted = sum(int(row(store, number).cells.get("address") or 0) for number in set(numbers[:5]))
    print(
        f"{EDITORS} editors, {READERS} readers, {seconds:.0f} s: {len(times):,} answers, median "
        f"{statistics.median(times):.3f} s, 95% under {sorted(times)[int(0.95 * len(times))]:.3f} s (limit 0.2); {said([watch.read()])}"
    )
    print(f"saved {saved:,}, in the store {counted:,}: {saved - counted} lost; {len(problems)} errors")
    for problem in problems[:3]:
        print(problem)


def crowd(
    address: str, key: str, numbers: list[int], seconds: float, people: list[tuple[int, str]]
) -> tuple[list[float], int, list[str]]:
    """Be some of the people: each loads a page or saves a row, then thinks."""
    times: list[float] = []
    problems: list[str] = []
    saved = [0] * (EDITORS + READERS)
    until = time.monotonic() + seconds

    def work(at: int, token: str) -> None:
        person = Person(address, token)
        time.sleep(random.random() * THINKING[at < EDITORS])
        while time.monotonic() < until:
            begun = time.perf_counter()
            if at < EDITORS:
                page = person.get(f"/p/{key}/rows/{numbers[at % 5]}").text
                times.append(time.perf_counter() - begun)
                version = re.search(r'name="version" value="(\d+)"', page)[1]
                seen = re.search(r'name="seen.address" value="([^"]*)"', page)[1]
                new = f"{int(seen or 0) + 1}"
                fields = {"version": version, "cell.address": new, "seen.address": seen}
                begun = time.perf_counter()
                answer = person.send(f"/p/{key}/rows/{numbers[at % 5]}", **fields)
                if "This row is now" in answer.text:
                    saved[at] += 1
                elif "Somebody else changed" not in answer.text:
                    problems.append(answer.text[:200])
            else:
                person.get(f"/p/{key}/rows?page={at % 7 + 1}")
            times.append(time.perf_counter() - begun)
            time.sleep(random.uniform(0.5, 1.5) * THINKING[at < EDITORS])

    with ThreadPoolExecutor(len(people)) as pool:
        for done in [pool.submit(work, *person) for person in people]:
            done.result()
    return times, sum(saved), problems


def memory_mb() -> float:
    """Return the most memory of this process so far."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long the team works")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, scratch = Path(folder) / "projects", Path(folder) / "scratch"
        scratch.mkdir(parents=True)
        am.new_project(home / "cornwall")
        with running(home, scratch) as state:
            person = Person(state.address, state.sessions.new_token())
            watch = Watch()
            person.get("/p/cornwall/lists")
            print(f"first look at the lists of Cornwall: {said([watch.read()])}")
            small = [
                drop(person, "cornwall", spreadsheet(400, seed), f"small {seed}.xlsx") for seed in (1, 2, 3)
            ]
            print(f"400 rows dropped to judged rows: {said([each[0] for each in small])} (limit 1)")
            builds = []
            for _ in range(2):  # the first one loads what it needs
                watch = Watch()
                person.send("/p/cornwall/publish", what="build")
                while state.jobs.of_project("cornwall", "build").state != "done":
                    time.sleep(0.05)
                builds.append(watch.read())
            print(f"rebuild of Cornwall: {said(builds[1:])} (limit 5)")
            am.new_project(home / "large")
            person.get("/p/large/lists")
            large, path = drop(person, "large", spreadsheet(20_000), "large.xlsx")
            print(f"20,000 rows dropped to judged rows: {said([large])} (limit 5)")
            page = person.get(f"{path}?outcome=rejected").text
            numbers = [int(each) for each in re.findall(r'id="row-(\d+)"', page)]
            edits = [edit(person, "large", number, "TR1 1EP") for number in numbers[:10]]
            print(f"edit to judged row among 20,000: {said(edits)} (limit 0.3)")
            page = person.get(small[0][1]).text
            team(
                state, "cornwall", [int(each) for each in re.findall(r'id="row-(\d+)"', page)], given.seconds
            )
            print(f"memory: {memory_mb():,.0f} MB (limit 1,000)")


if __name__ == "__main__":
    main()
