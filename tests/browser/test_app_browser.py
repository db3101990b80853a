"""An officer's whole job in a real browser: once by keyboard alone, once by mouse on a phone; and axe on every page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import assetmap as am
from app_place import POSTCODES, WRONG, list_of_clubs, messy_list, official_files, running_app
from assetmap.app.state import State
from browser.conftest import DESKTOP, PHONE
from browser.test_map_access import MAP, run_axe

MOST_TABS = 220

ZOOMED = (320, 256)
"""What is left of a window of 1280 by 1024 at 400% zoom."""

OUT_OF_SIGHT = """() => [...document.querySelectorAll("header *, main *, footer *")].filter((each) => {
  if (each.closest(".app-scroll, pre, svg, iframe, .govuk-visually-hidden, .app-doc table, [hidden]")) return false;
  const box = each.getBoundingClientRect();
  const style = getComputedStyle(each);
  if (!box.width || !box.height || style.visibility === "hidden" || style.clipPath !== "none") return false;
  const cut = style.overflow === "hidden" && each.scrollWidth > each.clientWidth + 1 && each.textContent.trim();
  return cut || box.left < -1 || box.right > document.documentElement.clientWidth + 1;
}).map((each) => `${each.tagName} ${each.className}: ${each.textContent.trim().slice(0, 60)}`)"""
"""What is cut off, or lies beside the page, and so cannot be read without scrolling in two directions."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[State, str, list[Path], list[Path]]]:
    """A running app without a project, official files, and a messy list."""
    folder = tmp_path_factory.mktemp("app")
    os.environ["ASSETMAP_CACHE"] = str(folder / "cache")
    files = official_files(folder / "official")
    listed = [messy_list(folder / "groups 2025.csv"), list_of_clubs(folder / "clubs.csv")]
    for name in ("projects", "scratch"):
        (folder / name).mkdir()
    with running_app(folder / "projects", folder / "scratch") as (state, address):
        yield state, address, files, listed
    del os.environ["ASSETMAP_CACHE"]


class Officer:
    """A person in front of a page, who sees that nothing is asked of any other computer."""

    def __init__(self, browser: Any, address: str, size: tuple[int, int], **options: Any) -> None:
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, accept_downloads=True, **options
        )
        self.problems: list[str] = []
        self.page = self.context.new_page()
        self.context.route("**/*", lambda route: self._ask(route, address))
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on(
            "console",
            lambda said: said.type == "error" and self.problems.append(f"{said.text} {self.page.url}"),
        )
        self.files: list[str] = []
        self.page.on("filechooser", lambda chooser: chooser.set_files(self.files))
        self.page.on("dialog", lambda dialog: (self.problems.append(dialog.message), dialog.dismiss()))

    def _ask(self, route: Any, address: str) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            self.problems.append(f"asked {route.request.url}")
            route.abort()

    def enter(self, state: State) -> Officer:
        self.page.goto(f"{state.address}/enter?token={state.sessions.new_token()}")
        return self

    def focus(self, selector: str) -> None:
        """Press Tab until an element has the focus."""
        self.page.wait_for_selector(selector, state="visible", timeout=60_000)
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("(words) => document.activeElement?.matches(words)", selector):
                return
        raise AssertionError(f"Tab does not lead to {selector} on {self.page.url}")

    def press(self, selector: str) -> None:
        self.focus(selector)
        self.page.keyboard.press("Enter")

    def type(self, selector: str, words: str) -> None:
        self.focus(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)
        assert self.page.evaluate("document.activeElement.value") == words, selector

    def choose(self, files: list[Path]) -> None:
        """Choose files by the button of the field."""
        self.page.wait_for_load_state("load")
        self.files = [str(path) for path in files]
        self.focus(".govuk-file-upload-button")
        self.page.keyboard.press("Enter")
        chosen = "(many) => document.querySelector('input[type=file]').files.length === many"
        self.page.wait_for_function(chosen, arg=len(files), timeout=40_000)

    def wait(self, words: str) -> None:
        """Wait until the page says something and no work is on its way."""
        ready = (
            "(words) => document.querySelector('main')?.innerText.includes(words) "
            "&& !document.querySelector('[data-job]')"
        )
        try:
            self.page.wait_for_function(ready, arg=words, timeout=40_000)
        except Exception as error:
            said = self.page.inner_text("main")[:1500]
            raise AssertionError(f"'{words}' is not on {self.page.url}: {said}") from error


def names_on_map(browser: Any, path: Path) -> set[str]:
    """Open a map that was downloaded, and return the names of its assets."""
    page_file = path.with_suffix(".html")
    path.rename(page_file)
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.wait_for_selector("body[data-painted]")
    names = page.evaluate(f"() => {MAP}.assetmap.app.data.assets.names")
    context.close()
    return set(names)


@pytest.mark.journey
def test_the_whole_job_by_keyboard_alone(browser: Any, place: Any) -> None:
    state, address, files, listed = place
    officer = Officer(browser, address, DESKTOP).enter(state)
    page = officer.page
    officer.press("a[href='/new']")
    officer.type("#area.autocomplete__input", "Westshire")
    page.keyboard.press("Escape")
    officer.press("form .govuk-button")
    officer.wait("First add the official files")
    officer.choose(files)
    officer.press("form[action$='/files'] .govuk-button[type=submit]:not(.govuk-file-upload-button *)")
    officer.wait("You have added everything that a project needs")
    officer.press("form[action$='/files/make'] .govuk-button")
    officer.wait("Not built yet")

    officer.press(".govuk-task-list a[href$='/lists']")
    officer.choose(listed)
    officer.press("form[action$='/lists'] .govuk-button[type=submit]")
    officer.wait("Must fix")
    officer.press("a[href$='/lists/groups_2025?outcome=rejected']")
    officer.wait("Find in these rows")
    for at in range(WRONG):
        officer.press(".app-rows th a")
        officer.type("[id='cell.postcode']", POSTCODES[at % 4])
        page.keyboard.press("Enter")
        officer.wait("This row is now: in the register")
        if at < WRONG - 1:
            officer.press(".govuk-back-link")
            officer.wait("Find in these rows")
    assert page.locator(".govuk-tag").first.inner_text() == "In the register"

    officer.press(".govuk-service-navigation a[href$='/lists']")
    officer.press("a[href$='/pairs']")
    officer.press("button[name=decision][value=same]")
    officer.wait("Pairs that may be the same")
    officer.press("button[name=decision][value=different]")
    officer.wait("There are no pairs to decide")

    officer.press(".govuk-back-link")
    officer.press("a[href$='/add']")
    officer.type("#name", "Quay Hall")
    officer.focus("#asset_type")
    page.keyboard.type("Village hall")
    officer.type("#postcode", "WS1 4AA")
    page.keyboard.press("Enter")
    officer.wait("Where is Quay Hall?")
    before = [page.input_value(f"#{name}") for name in ("easting", "northing")]
    officer.focus("#point")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    after = [page.input_value(f"#{name}") for name in ("easting", "northing")]
    assert [int(new) - int(old) for old, new in zip(before, after, strict=True)] == [20, 1]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "easting"  # the map is no trap
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    officer.wait("This row is now")
    assert f"{after[0]}, {after[1]}" in page.inner_text("main")

    officer.press(".govuk-service-navigation a[href$='/gaps']")
    officer.press("form .govuk-button")
    officer.wait("The answer")
    officer.press(".govuk-service-navigation a[href$='/sites']")
    officer.press("a[href$='/what-if']")
    officer.wait("Change 1")
    officer.focus("#site1")
    page.keyboard.type("Harbour")
    officer.press("form .govuk-button")
    officer.wait("would be further")
    officer.type("#title", "Close Harbour Library")
    page.keyboard.press("Enter")
    officer.wait("A: Close Harbour Library")

    officer.press(".govuk-service-navigation a[href$='/publish']")
    officer.press("form[action$='/publish'] .govuk-button:not(.govuk-button--secondary)")
    officer.wait("Built ")
    with page.expect_download() as download:
        officer.press("a[href*='map.html?download']")
    names = names_on_map(browser, Path(download.value.path()))
    assert {f"Group number {at:02}" for at in range(58)} <= names
    assert "Quay Hall" in names

    officer.press("a[href$='/view/build/map.html']")
    page.wait_for_selector("#edit:not([hidden])", timeout=60_000)
    inside = page.frame_locator("#map")
    inside.locator("body[data-painted]").wait_for(timeout=60_000)
    officer.focus("#search")  # the map in its frame is no trap
    page.evaluate(
        "window.postMessage({ asset: 'x', name: 'Forged' })"
    )  # only the channel of the frame is heard
    officer.press("#edit-add")
    inside.locator("#am-cross").wait_for()
    page.keyboard.press("Escape")
    inside.locator("#am-cross").wait_for(state="detached")
    officer.press("#edit-add")
    inside.locator("#am-cross").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/add?easting=*")
    assert page.locator("text=Forged").count() == 0
    assert page.input_value("#northing").isdigit()

    officer.press(".govuk-service-navigation a[href$='/lists']")
    officer.press("a[href*='/lists/groups']")
    with page.expect_download() as download:
        officer.press("a[href$='/fixed']")
    assert download.value.suggested_filename == "groups 2025-fixed.csv"
    fixed = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert fixed[0].startswith("Name of group,Type of group,Post code,Contact")
    assert fixed[1].startswith(f"Group number 00,Environment group,{POSTCODES[0]}")

    officer.press(".govuk-service-navigation a[href$='/history']")
    officer.press("form[action$='/history'] .app-link-button")
    officer.wait("Undone")
    assert officer.problems == []
    officer.context.close()
    register = am.open_project(state.home / "westshire")
    assert register.settings.project.area_name == "Westshire"


@pytest.mark.journey
def test_a_job_by_mouse_on_a_phone(browser: Any, place: Any) -> None:
    state, address, _, listed = place
    officer = Officer(browser, address, PHONE, has_touch=True).enter(state)
    page = officer.page
    page.click("text=Open Quillford")
    page.click(".govuk-task-list__link[href$='/lists']")
    officer.wait("Drop your spreadsheets here")
    page.set_input_files("input[type=file]", str(listed[0]))
    page.click("text=Add and check")
    officer.wait("Must fix")
    page.click(".app-rows th a >> nth=0")
    page.fill("[id='cell.postcode']", "QF5 1AD")
    page.click("button:text-is('Save')")
    officer.wait("In the register")
    page.click("text=Move its point")
    page.click("#point svg", position={"x": 40, "y": 40})
    assert "Moved by" in page.inner_text("#point-now")
    page.click("text=Keep this point")
    officer.wait("This row is now")
    for each in ("lists", "pairs", "history", "gaps", "near", "publish"):
        page.goto(f"{address}/p/quillford/{each}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], each
    assert officer.problems == []
    officer.context.close()


PAGES = (
    "", "/files", "/lists", "/lists/libraries", "/lists/libraries/columns", "/lists/libraries/replace", "/lists/libraries?column=town", "/rows", "/rows/1", "/rows/1/point",
    "/pairs", "/pairs?show=all", "/add", "/gaps", "/gaps?type=library&km=x", "/groups", "/groups?method=streets", "/sites", "/sites/new",
    "/outcomes", "/sharing", "/near", "/publish", "/paper", "/history",
)  # fmt: skip


@pytest.mark.journey
@pytest.mark.parametrize(
    ("size", "forced", "start", "step"),
    [
        (DESKTOP, "none", 0, 1),
        (PHONE, "none", 0, 5),  # a fifth of the pages each; `make long` looks at all of them in every way
        (DESKTOP, "active", 1, 5),
        (ZOOMED, "none", 2, 5),
        *(
            pytest.param(*way, 0, 1, marks=pytest.mark.long)
            for way in ((PHONE, "none"), (DESKTOP, "active"), (ZOOMED, "none"))
        ),
    ],
)
def test_axe_finds_nothing_on_any_page(
    browser: Any, place: Any, axe: str, size: tuple[int, int], forced: str, start: int, step: int
) -> None:
    state, address, _, _ = place
    if not (state.home / "axe").is_dir():
        am.new_project(state.home / "axe", example="town")
    scale = {"device_scale_factor": 4} if size == ZOOMED else {}
    officer = Officer(browser, address, size, forced_colors=forced, bypass_csp=True, **scale).enter(state)
    page = officer.page
    paths = ("/", "/new", "/login", "/help/app", *(f"/p/axe{end}" for end in PAGES))
    for path in paths[start::step]:
        page.goto(f"{address}{path}")
        page.wait_for_selector("body.govuk-frontend-supported")
        assert run_axe(page, axe) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        if size == ZOOMED:
            assert page.evaluate(OUT_OF_SIGHT) == [], path
    assert officer.problems == []
    officer.context.close()


def test_every_page_works_without_javascript(browser: Any, place: Any) -> None:
    state, address, _, _ = place
    officer = Officer(browser, address, DESKTOP, java_script_enabled=False).enter(state)
    page = officer.page
    page.click("text=Make a new project")
    page.fill("#area", "Plainshire")
    page.click("text=Continue")
    assert page.locator("h1").inner_text() == "Official files for Plainshire"
    officer.context.close()
