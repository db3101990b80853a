"""Publish: what the public will see, the build, and its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from starlette.responses import FileResponse, Response

from assetmap.app.home import said_time
from assetmap.app.jobs import ENDED, Job
from assetmap.app.pages import Page
from assetmap.app.questions.common import answered, finished, ready_project
from assetmap.app.state import EDITOR
from assetmap.app.views import Call, NotFoundError, View

BUILD: Final = "build"
REVIEW: Final = "devolution"
PAPERS: Final = "papers"
DIRECTORY: Final = "directory"

FILES: Final = {
    (BUILD, "map.html"): ("Map", "One file that opens in any browser. You can send it by email."),
    (BUILD, "report.html"): ("Report", "What was found, in words, tables and pictures, ready to print."),
    (BUILD, "tables.xlsx"): ("Workbook", "All tables for Excel; the first sheet explains them."),
    (BUILD, "assetmap.gpkg"): ("GeoPackage", "Areas and places for QGIS."),
    (BUILD, "areas.csv"): ("Areas", "Every small area with everything that was measured."),
    (BUILD, "assets.csv"): ("Assets", "The register: every group and place."),
    (BUILD, "gaps.csv"): ("Gaps", "Where need is high and access is low."),
    (BUILD, "rejected.csv"): (
        "Rows to fix",
        "Rows that could not be used, or that a person should check, with the reason.",
    ),
    (BUILD, "run.json"): ("Record", "Inputs with their checksums, sources and settings."),
    (REVIEW, "devolution.html"): (
        "Review of sites",
        "Each site: what it means to people, and who could take it over.",
    ),
    (REVIEW, "devolution_map.html"): ("Map of the review", "The sites under review on a map."),
    (REVIEW, "evidence.zip"): (
        "Evidence pack",
        "Everything the review is based on, so that anyone can rebuild and check it.",
    ),
    (PAPERS, "report.docx"): ("Paper: the report", "The report as a Word document."),
    (PAPERS, "review.docx"): ("Paper: the review", "The review of sites as a Word document."),
    (DIRECTORY, "directory.html"): (
        "Public directory",
        "Every open group and place, to search, filter and print; one file for your website.",
    ),
    (DIRECTORY, "directory.json"): ("Directory as open data", "Open Referral UK, for other directories."),
    (DIRECTORY, "directory.geojson"): ("Directory for maps", "GeoJSON with what the public may see."),
    (DIRECTORY, "directory.csv"): ("Directory as a table", "The same for a spreadsheet."),
}
"""Files that can be had, in the order of the page; a file that was not made is left out."""

WORK: Final = {
    "build": "Building the map, the report and the tables",
    "review": "Reviewing the sites",
    "directory": "Writing the public directory",
}
"""What the buttons of the page start, with the title of the page that waits for it."""

PAGES: Final = ("map.html", "report.html", "devolution.html", "devolution_map.html", "directory.html")
"""Files that are shown in a frame, without any right to the rest of the app."""


def _show(call: Call) -> Page:
    project = ready_project(call)
    asked, answer = call.asked, None
    if "preview" in asked:
        answer = answered(call, "preview", {}, title="Looking at what the public will see")
    jobs = [job for task in WORK if (job := call.state.jobs.of_project(call.key, task)) is not None]
    values = {
        "preview": answer,
        "audience": project.settings.project.audience,
        "files": files_of(call.folder),
        "pages": PAGES,
        "work": next((job for job in jobs if job.state not in ENDED), None),
        "made": _when(call.folder / BUILD / "map.html"),
    }
    page = Page(
        "publish.html",
        "Publish",
        "See what the public will see, then build the map, the report and the tables.",
        "report",
        values,
        section="publish",
        python=_python(project.folder),
    )
    return finished(page, answer, section="publish")


def _python(folder: Path) -> str:
    return (
        f"import assetmap as am\n\nproject = am.open_project({str(folder)!r})\n"
        f"results = am.build(project, {str(folder / BUILD)!r})\n"
        f"review, _ = am.review_project(project, {str(folder / REVIEW)!r})"
    )


def files_of(folder: Path) -> list[dict[str, Any]]:
    """Return the files of a project that can be had now."""
    return [
        {"part": part, "name": name, "title": title, "about": about, "size": path.stat().st_size}
        for (part, name), (title, about) in FILES.items()
        if (path := folder / part / name).is_file()
    ]


def _when(path: Path) -> str:
    return said_time(path.stat().st_mtime) if path.is_file() else ""


def _build(call: Call) -> Response:
    task = call.word("what") if call.word("what") in WORK else "build"
    title = WORK[task]
    back = call.at("publish")
    job = Job(task, {"folder": str(call.folder)}, title, after=f"{back}#files", back=back, project=call.key)
    return call.go(f"/jobs/{call.state.jobs.begin(job).number}")


def _file(call: Call) -> Response:
    """Return a result: a page in a sandbox, everything else as a download."""
    part, name = (str(call.request.path_params[each]) for each in ("part", "name"))
    path = call.folder / part / name
    if (part, name) not in FILES or not path.is_file():
        raise NotFoundError("There is no such file. Build the project first.")
    if name in PAGES and "download" not in call.request.query_params:
        policy = "sandbox allow-scripts allow-downloads allow-popups; frame-ancestors 'self'"
        return FileResponse(path, media_type="text/html", headers={"content-security-policy": policy})
    return FileResponse(path, filename=name, content_disposition_type="attachment")


def _framed(call: Call) -> Page:
    part, name = (str(call.request.path_params[each]) for each in ("part", "name"))
    if (part, name) not in FILES or name not in PAGES or not (call.folder / part / name).is_file():
        raise NotFoundError("There is no such page. Build the project first.")
    title, about = FILES[part, name]
    edits = (part, name) == (BUILD, "map.html") and call.session.may(EDITOR)
    return Page(
        "framed.html", title, about, "map", {"part": part, "file": name, "edits": edits}, section="publish"
    )


VIEWS: Final = (
    View("/p/{key}/publish", show=_show, act=_build, act_role=EDITOR),
    View("/p/{key}/results/{part}/{name}", show=_file),
    View("/p/{key}/view/{part}/{name}", show=_framed),
)
