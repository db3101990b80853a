"""The measured tables of the example, made once for all tests of the map."""

from __future__ import annotations

import functools

from assetmap.project.folder import example_project
from assetmap.project.measuring import measure_project
from assetmap.schema import Results


@functools.cache
def cornwall_tables() -> Results:
    return measure_project(example_project())
