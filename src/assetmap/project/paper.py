"""The report or the review of a project as a paper in Word."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assetmap.project.evidence import review_sources
from assetmap.project.folder import Progress, Project
from assetmap.project.inputs import hash_inputs, project_files
from assetmap.project.known import fixed
from assetmap.project.measuring import measure_project
from assetmap.project.options import choose_options
from assetmap.project.output import write_file
from assetmap.project.review import devolution_settings, measure_review, review_title
from assetmap.read.word.templates import read_template
from assetmap.schema import InputError, Note
from assetmap.show.paper.page import KINDS, Kind
from assetmap.show.paper.write import paper_bytes
from assetmap.show.pictures.figures import keep_pixels
from assetmap.show.report.page import report_html
from assetmap.show.review.page import devolution_html

if TYPE_CHECKING:
    from assetmap.schema import Results

PAPER_NAME: Final = "paper.docx"


def write_paper(
    project: Project,
    path: str | Path | None = None,
    *,
    kind: str = "report",
    template: str | Path | None = None,
    options: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[Path, tuple[Note, ...]]:
    """Write the report or the review of a project as a Word document.

    Parameters
    ----------
    project
        From `open_project`.
    path
        File to write, ``.docx``. Default: ``paper.docx`` in the project folder.
    kind
        ``report``: where need is high and access is low. ``review``: the options side by side, and every site.
    template
        A ``.docx`` or ``.dotx`` of your own: its styles, page size, header and footer are used. Macros are refused.
    options
        Names of options of ``assetmap.toml``, for a review. Without names, all of them.
    progress
        Called with a few words before each step.

    Returns
    -------
    tuple
        The file; and remarks on the template. The words and the numbers are those of ``report.html`` or
        ``devolution.html``. The same inputs give the same bytes.

    Raises
    ------
    InputError, SchemaError
        If an input, an option or the template cannot be used; nothing is written then.

    Examples
    --------
    >>> path, remarks = am.project.write_paper(village, "paper.docx")  # doctest: +SKIP
    >>> path.name, remarks  # doctest: +SKIP
    ('paper.docx', ())
    """
    path = Path(path) if path is not None else project.folder / PAPER_NAME
    chosen_kind = _kind(kind, options)
    if path.suffix.lower() != ".docx":
        raise InputError(f"'{path.name}' must end in .docx.")
    base, notes = (None, ()) if template is None else read_template(template)
    say = progress or (lambda step: None)
    project = fixed(project)
    with keep_pixels() as pictures:
        html, results = _page(project, chosen_kind, options, progress)
    say("Writing the paper")
    content, remarks = paper_bytes(
        html,
        chosen_kind,
        pictures=pictures,
        subject=results.area_name,
        dated=_date_of(results),
        template=base,
    )
    keep = [*project_files(project), *([] if template is None else [Path(template)])]
    written = write_file(path, lambda file: file.write_bytes(content), keep=keep)
    return written, (*(Note("PAPER_TEMPLATE", sentence) for sentence in notes), *remarks)


def _kind(kind: str, options: Sequence[str]) -> Kind:
    if kind not in KINDS:
        raise InputError(f"There is no paper '{kind}'. Use {' or '.join(KINDS)}.")
    if kind == "report" and options:
        raise InputError("A report has no options. For a paper on options: --kind review.")
    return "review" if kind == "review" else "report"


def _page(
    project: Project, kind: Kind, names: Sequence[str], progress: Progress | None
) -> tuple[str, Results]:
    """Return the page that the paper is made of."""
    if kind == "report":
        results = measure_project(project, progress=progress)
        return report_html(results), results
    chosen = choose_options(project, names=names)
    hashes = hash_inputs(project)
    results = measure_project(project, sensitivity=False, progress=progress)
    review, options = measure_review(project, results, devolution_settings(project), chosen)
    page = devolution_html(
        review,
        results.areas,
        title=review_title(results, options),
        options=options,
        land=results.land,
        estimate=results.estimate,
        sources=review_sources(results.sources, project, hashes),
        audience=results.settings["project"]["audience"],
    )
    return page, results


def _date_of(results: Results) -> datetime.date | None:
    """Return the latest whole date of the sources."""
    dates = []
    for words in results.sources["date"].astype("str"):
        with contextlib.suppress(ValueError):
            dates.append(datetime.date.fromisoformat(words))
    return max(dates, default=None)
