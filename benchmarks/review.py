"""Time the review of the 27 libraries of Cornwall with three options: measured, as a page, as a folder of files, as a paper.

Run with: ``python benchmarks/review.py``. The first row is what a user waits for who has built the project in the same
process (the app, a notebook); the last rows begin from nothing, as a command does.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import assetmap as am
from assetmap.project.options import read_options
from assetmap.project.remembered import forget
from assetmap.project.review import devolution_settings, measure_review, review_title
from assetmap.show.review.page import devolution_html

OPTIONS = """
[[option]]
name = "A"
title = "Close Launceston"
close = ["Launceston Library"]

[[option]]
name = "B"
title = "Pass Bodmin on"
devolve = ["Bodmin Library:Bodmin Town Council"]

[[option]]
name = "C"
title = "Fewer hours at two, one moves"
hours = ["Saltash Library:20", "Callington Library:12"]
move = ["Liskeard Library:PL14 6AF"]
"""


def timed(words: str, work: Callable[[], object]) -> object:
    """Do a piece of work and print how long it took: by the clock, and by the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    done = work()
    print(
        f"{time.perf_counter() - clock:6.1f} s  {time.process_time() - processor:6.1f} s of processor  load {os.getloadavg()[0]:4.1f}  {words}"
    )
    return done


def main() -> None:
    """Print one row for each way to the review."""
    with tempfile.TemporaryDirectory() as folder:
        config = am.new_project(Path(folder) / "cornwall")
        with config.open("a", encoding="utf-8") as file:
            file.write(OPTIONS)
        project = am.open_project(config)
        results = am.measure_project(project, sensitivity=False)
        settings, chosen = devolution_settings(project), read_options(project)

        def review() -> str:
            found, options = measure_review(project, results, settings, chosen)
            return devolution_html(
                found, results.areas, title=review_title(results, options), options=options, land=results.land
            )

        timed("the review and its page, the project being measured", review)
        forget()
        timed(
            "assetmap devolution: from the files to the whole folder",
            lambda: am.review_project(project, Path(folder) / "out"),
        )
        forget()
        timed("assetmap paper --kind review", lambda: am.project.write_paper(project, kind="review"))


if __name__ == "__main__":
    main()
