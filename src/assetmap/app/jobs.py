"""Long work in processes of its own, with its steps as they are reached, and a Cancel that ends the process.

One process waits with its libraries loaded, so that work begins at once. A process does one piece of work after another;
one that is cancelled or crashes is replaced, and nothing that the app has acknowledged is in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

START: Final = (
    "import sys; sys.path[:] = [p for p in sys.path if p]; sys.path.insert(0, sys.argv[1]); "
    "from assetmap.app.worker import main; main()"
)
AT_ONCE: Final = 2
"""Pieces of work at the same time; more wait."""

KEPT: Final = 200
"""Pieces of work that are remembered after they ended."""

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
ENDED: Final = (DONE, FAILED, CANCELLED)

EXPECTED_STEPS: Final = {"build": 6, "files": 2, "make": 7, "fetch": 12, "review": 6, "paper": 6}
"""About how many steps each kind of work has; others have `FEW`."""

FEW: Final = 4


@dataclass
class Job:
    """A piece of work: what is asked, and how far it has come.

    task, words : key of `assetmap.app.worker.TASKS`, and what it needs (JSON can hold it).
    title : what people read.
    after : address that follows when it is done.
    back : address that follows when it is cancelled or fails.
    project, answer_to : key of its project, and name of the question that it answers.
    answer : what it found, once it is done.
    """

    task: str
    words: dict[str, Any]
    title: str
    after: str
    back: str
    project: str = ""
    answer_to: str = ""
    number: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    state: str = WAITING
    steps: list[str] = field(default_factory=list)
    problem: str = ""
    answer: Any = None
    begun: float = field(default_factory=time.monotonic)
    ended: float | None = None
    worker: _Worker | None = None

    @property
    def share(self) -> float:
        """Return about how much is done, 0 to 1."""
        if self.state == DONE:
            return 1.0
        whole = EXPECTED_STEPS.get(self.task, FEW)
        return min(len(self.steps) / (whole + 1), 0.95)

    @property
    def seconds(self) -> float:
        """Return how long it has taken so far."""
        return (self.ended or time.monotonic()) - self.begun

    def record(self) -> dict[str, Any]:
        """Return what a page is told while it waits."""
        return {
            "state": self.state,
            "steps": self.steps,
            "percent": round(self.share * 100),
            "seconds": round(self.seconds),
            "next": self.after if self.state == DONE else self.back,
            "problem": self.problem,
        }


class Jobs:
    """All work of an app."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(AT_ONCE)
        self._open = True

    def begin(self, job: Job) -> Job:
        """Begin a piece of work; the same work that is on its way is not begun twice."""
        with self._lock:
            for other in self._jobs.values():
                if other.state not in ENDED and (other.task, other.words) == (job.task, job.words):
                    return other
            self._jobs[job.number] = job
            for old in [each.number for each in self._jobs.values() if each.state in ENDED][:-KEPT]:
                del self._jobs[old]
        threading.Thread(target=self._run, args=(job,), name="assetmap-job", daemon=True).start()
        return job

    def find(self, number: str) -> Job | None:
        """Return a piece of work by its number."""
        with self._lock:
            return self._jobs.get(number)

    def of_project(self, project: str, task: str) -> Job | None:
        """Return the newest work of a kind for a project."""
        with self._lock:
            found = [each for each in self._jobs.values() if (each.project, each.task) == (project, task)]
        return found[-1] if found else None

    def find_answer(self, name: str) -> Job | None:
        """Return the work that answers a question, unless it was cancelled."""
        with self._lock:
            found = [
                each for each in self._jobs.values() if each.answer_to == name and each.state != CANCELLED
            ]
        return found[-1] if found else None

    def forget(self, job: Job) -> None:
        """Forget a piece of work, so that it can begin again."""
        with self._lock:
            self._jobs.pop(job.number, None)

    def cancel(self, job: Job) -> None:
        """End a piece of work that has not ended."""
        with self._lock:
            if job.state in ENDED:
                return
            job.state, job.ended = CANCELLED, time.monotonic()
            worker = job.worker
        if worker is not None:
            worker.end()

    def warm(self) -> None:
        """Start the process that waits for work."""
        worker = _Worker()
        with self._lock:
            if self._open and not self._idle:
                self._idle.append(worker)
                return
        worker.end()

    def close(self) -> None:
        """End all work and every process."""
        with self._lock:
            self._open = False
            running = [each.worker for each in self._jobs.values() if each.worker is not None]
            idle, self._idle = self._idle, []
        for worker in (*running, *idle):
            worker.end()

    def _run(self, job: Job) -> None:
        with self._turns:
            with self._lock:
                if job.state != WAITING or not self._open:
                    return
                worker = None
                while self._idle and worker is None:
                    found = self._idle.pop()
                    worker = found if found.alive() else None
            worker = worker or _Worker()
            with self._lock:
                if job.state == WAITING:
                    job.worker, job.state = worker, RUNNING
            if job.state == RUNNING:
                self._follow(job, worker)
            with self._lock:
                job.worker = None
                # the process of cancelled work is on its way to its end, though it may still be alive
                kept = job.state != CANCELLED and worker.alive()
                if kept and self._open and len(self._idle) < AT_ONCE:
                    self._idle.append(worker)
                    return
            worker.end()
            if self._open:
                self.warm()

    def _follow(self, job: Job, worker: _Worker) -> None:
        """Take the messages of a process until its work has ended."""
        for kind, value in worker.ask(job.task, job.words):
            with self._lock:
                if job.state != RUNNING:
                    return
                if kind == "step":
                    job.steps.append(str(value))
                    continue
                job.ended = time.monotonic()
                if kind == "answer":
                    job.answer, job.state = value, DONE
                else:
                    job.problem, job.state = str(value), FAILED
            return


class _Worker:
    """A process that does one piece of work at a time."""

    def __init__(self) -> None:
        root = str(Path(__file__).resolve().parents[2])
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", START, root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name == "posix",
        )

    def ask(self, task: str, words: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """Send work and yield what the process says: steps, and at the end an answer or a problem."""
        give, take = self.process.stdin, self.process.stdout
        assert give is not None
        assert take is not None
        with contextlib.suppress(OSError, ValueError):
            give.write(json.dumps({"task": task, "words": words}).encode() + b"\n")
            give.flush()
            for line in take:
                kind, value = json.loads(line)
                yield kind, value
                if kind != "step":
                    return
        yield (
            "problem",
            "The work ended before it was done: it may have needed more memory than was available. Close other programs and try again.",
        )

    def alive(self) -> bool:
        """Return whether the process can take work."""
        return self.process.poll() is None

    def end(self) -> None:
        """End the process and those that it started."""
        if os.name == "posix":
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self.process.kill()
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            self.process.wait(timeout=5)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError, ValueError):
                    stream.close()
