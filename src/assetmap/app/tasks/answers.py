"""An answer as a page shows it: sentences, a table, a picture, notes, and the line of Python that gives the same."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetmap.project.folder import Project, open_project

if TYPE_CHECKING:
    import pandas as pd

    from assetmap.records.results import Note


def opened(words: dict[str, Any]) -> Project:
    """Open the project of a piece of work."""
    return open_project(words["folder"])


def table(frame: pd.DataFrame, columns: Mapping[str, str], *, caption: str) -> dict[str, Any]:
    """Return columns of a table as a page shows them: headings, rows of cells, and which columns are numbers.

    Parameters
    ----------
    frame
        Any table.
    columns
        Column -> heading; those that the table does not have are left out.
    caption
        What the table shows.
    """
    kept = {name: heading for name, heading in columns.items() if name in frame.columns}
    rows = [[cell(value) for value in row] for row in frame[list(kept)].itertuples(index=False, name=None)]
    numbers = [at for at in range(len(kept)) if any(isinstance(row[at], (int, float)) for row in rows)]
    for at in numbers:
        values = [row[at] for row in rows if isinstance(row[at], (int, float))]
        places = max(_places(value) for value in values)
        for row in rows:
            if isinstance(row[at], (int, float)):
                row[at] = f"{row[at]:,.{places}f}"
    return {"caption": caption, "headings": list(kept.values()), "rows": rows, "numbers": numbers}


def _places(value: float) -> int:
    """Return how many decimal places a number is written with, at most two."""
    return 0 if value == round(value) else 1 if round(value, 1) == round(value, 2) else 2


def cell(value: Any) -> Any:
    """Return a value of a table as JSON can hold it; what is missing is None."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return None if math.isnan(value) or math.isinf(value) else value
    if isinstance(value, (int, str)):
        return value
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return None if value is None or str(value) in ("<NA>", "NaT", "nan") else str(value)


def sentences(notes: Iterable[Note]) -> list[str]:
    """Return the sentences of notes, each once."""
    return list(dict.fromkeys(note.sentence for note in notes))


def call(function: str, *first: str, **options: Any) -> str:
    """Return the line of Python for an answer; options that were not given are left out."""
    given = [f"{name}={value!r}" for name, value in options.items() if value not in (None, "", {}, False)]
    return f"{function}({', '.join([*first, *given])})"


def project_line(folder: str | Path) -> str:
    """Return the lines of Python that open a project."""
    return f"import assetmap as am\n\nproject = am.open_project({str(Path(folder))!r})"


def picture_of(words: dict[str, Any], project: Project, areas: Any, layer: str, title: str) -> dict[str, str]:
    """Draw a layer into the scratch folder of the app."""
    from assetmap.show import draw_map, save_picture

    path = Path(words["scratch"]) / f"{words['name']}.svg"
    save_picture(draw_map(areas, layer, title=title, size="a5"), path)
    return {"file": path.name, "alt": f"Map. {title}. The table says the same in words."}
