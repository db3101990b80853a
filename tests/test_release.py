"""What stands in the way of a release is named; every place that says a version or a dependency says the same."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import coverage_rooms  # noqa: E402
import offline  # noqa: E402
import release  # noqa: E402

NAMED = ("CHANGELOG.md", "CITATION.cff", "conda/recipe.yaml", "src/assetmap/__init__.py")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in NAMED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "all")
    return tmp_path


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *words], cwd=folder, check=True
    )


def test_a_whole_tree_can_be_released(tree: Path) -> None:
    assert release.problems(tree) == []


@pytest.mark.parametrize("name", NAMED[:3])
def test_a_place_with_another_version_is_named(tree: Path, name: str) -> None:
    text = (tree / name).read_text(encoding="utf-8")
    (tree / name).write_text(text.replace(release.current_version(tree), "9.9.9"), encoding="utf-8")
    git(tree, "commit", "--quiet", "-am", "wrong")
    (problem,) = release.problems(tree)
    assert name in problem
    assert release.current_version(tree) in problem


def test_what_is_not_committed_is_named(tree: Path) -> None:
    (tree / "new.txt").write_text("x", encoding="utf-8")
    (problem,) = release.problems(tree)
    assert "1 files are not committed, first new.txt" in problem


def test_sums_are_those_of_sha256sum(tmp_path: Path) -> None:
    for name in ("a.whl", "b.tar.gz"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / release.SUMS).write_text(release.sums(sorted(tmp_path.iterdir())), encoding="utf-8")
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", release.SUMS], cwd=tmp_path, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr


def test_the_recipe_asks_for_what_the_package_asks_for() -> None:
    recipe = yaml.safe_load((ROOT / "conda" / "recipe.yaml").read_text(encoding="utf-8"))
    asked = recipe["requirements"]["run"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {"matplotlib": "matplotlib-base"}  # the name of the package without a window system
    wanted = []
    for line in project["dependencies"]:
        name, bounds = re.fullmatch(r"([\w-]+)(.*)", line).groups()
        wanted.append(f"{names.get(name, name)} {bounds}")
    assert asked == [f"python {project['requires-python'].replace('3.11', '${{ python_min }}')}", *wanted]
    assert recipe["context"]["python_min"] == project["requires-python"].removeprefix(">=")
    assert recipe["about"]["license"] == project["license"]
    assert recipe["about"]["summary"] == project["description"]


def test_every_dependency_has_its_reason_in_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [
        *project["dependencies"],
        *(each for name in extras if name not in ("test", "lint") for each in extras[name]),
    ]
    table = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("### Dependencies, and why")[1]
    told = set(re.findall(r"[\w-]+", "".join(line for line in table.splitlines() if line.startswith("| "))))
    assert {re.match(r"[\w-]+", each)[0] for each in asked} <= told


def test_who_is_cited_is_who_wrote_it() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors", "version", "date-released", "license"} <= set(cited)
    assert [each["name"] for each in cited["authors"]] == [each["name"] for each in project["authors"]]
    assert (cited["title"], cited["license"], cited["abstract"], cited["keywords"]) == (
        project["name"], project["license"], project["description"], project["keywords"],
    )  # fmt: skip
    dated = re.search(
        r"^## [\d.]+ \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M
    )
    assert dated is not None
    assert cited["date-released"] == dated.group(1)


def test_forms_for_issues_can_be_read() -> None:
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    assert len(forms) == 3
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.stem != "config":
            assert {"name", "description", "body"} <= set(form)
            ids = [each["id"] for each in form["body"] if each["type"] != "markdown"]
            assert len(ids) == len(set(ids)) > 0


def test_a_folder_without_a_network_is_complete(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each system has its start file, what it reads beside it, and the instructions name both."""
    asked = []
    monkeypatch.setattr(offline, "DIST", tmp_path)
    monkeypatch.setattr(offline, "ROOT", ROOT)
    monkeypatch.setattr(
        offline,
        "build",
        lambda folder: [
            tmp_path / "assetmap-0.0.1-py3-none-any.whl",
            tmp_path / f"assetmap-{release.current_version()}-py3-none-any.whl",
        ],
    )

    def download(wheel: Path, system: str, python: str, folder: Path) -> None:
        asked.append((system, python))
        (folder / f"{system}-{python}.whl").write_bytes(b"x")

    monkeypatch.setattr(offline, "download", download)
    monkeypatch.setattr("builtins.print", lambda *words, **keywords: None)
    monkeypatch.setattr(Path, "relative_to", lambda path, other: path)
    offline.main([])
    assert asked == [(system, python) for system in offline.SYSTEMS for python in ("3.11", "3.12", "3.13")]
    for system, starts in offline.START.items():
        folder = tmp_path / "offline" / f"assetmap-{system}"
        assert {path.name for path in folder.iterdir()} == {
            "wheels",
            *starts,
            "pyproject.toml",
            offline.PAGE,
            "SHA256SUMS",
        }
        assert starts[0] in (folder / offline.PAGE).read_text(encoding="utf-8")
        texts = [(folder / name).read_text(encoding="utf-8") for name in starts]
        assert "--no-index --find-links wheels" in texts[-1]
        called = set(re.findall(r"start\.\w+", " ".join(texts))) - {starts[0]}
        assert called <= set(starts)
    with pytest.raises(SystemExit, match="Not a system: beos"):
        offline.main(["beos"])


def test_coverage_is_told_by_room(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(covered: int, missing: list[int]) -> dict[str, object]:
        return {
            "summary": {"covered_lines": covered, "num_statements": covered + len(missing)},
            "missing_lines": missing,
        }

    report = {
        "meta": {"timestamp": "2026-11-29T22:00:00", "version": "7.10"},
        "files": {
            "src/assetmap/access/costs.py": found(8, [3, 1]),
            "src/assetmap/cli/b.py": found(5, [9]),
            "src/assetmap/schema.py": found(4, []),
            "src/assetmap/sharing.py": found(9_999, []),
        },
    }
    (tmp_path / "coverage.json").write_text(json.dumps(report), encoding="utf-8")
    first, _, third = (ROOT / "src/assetmap/access/costs.py").read_text(encoding="utf-8").splitlines()[:3]
    monkeypatch.setattr(coverage_rooms, "reasons", lambda: {("access/costs.py", first): "it is a docstring"})
    coverage_rooms.main(tmp_path / "coverage.json", tmp_path / "coverage.md")
    said = capsys.readouterr().out
    assert re.search(r"access +10 +80\.0%", said)
    assert re.search(r"sharing +9999 +100%", said)
    assert re.search(r"ground +4 +100%", said)
    assert re.search(r"all +10019 +99\.9%", said)
    assert f"access/costs.py:3: {third}" in said
    assert "cli/b.py" not in said
    written = (tmp_path / "coverage.md").read_text(encoding="utf-8")
    assert "2026-11-29" in written
    assert "| access | 10 | 8 | 80.0% |" in written
    assert f"| `access/costs.py` | `{first}` | it is a docstring |" in written


def test_a_reason_for_a_line_without_a_test_is_of_a_line_that_is_there() -> None:
    for (file, line), reason in coverage_rooms.reasons().items():
        lines = (ROOT / "src" / "assetmap" / file).read_text(encoding="utf-8").splitlines()
        assert line in map(str.strip, lines), (file, line)
        assert reason


def test_a_folder_that_lacks_what_only_windows_needs_is_noticed(tmp_path: Path) -> None:
    """pip asks the computer that it runs on: what another system needs besides is looked for in the folder."""
    needs = {
        "assetmap-0.2.0-py3-none-any.whl": [
            "click>=8",
            'osmium>=4; extra == "travel"',
            'splink; extra == "link"',
        ],
        "click-8.2-py3-none-any.whl": ['colorama; platform_system == "Windows"'],
        "osmium-4.3-cp312-cp312-win_amd64.whl": [],
        "numpy-2.5-cp311-cp311-win_amd64.whl": ["only-for-311"],
    }
    for name, requirements in needs.items():
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            lines = ["Metadata-Version: 2.1", *(f"Requires-Dist: {each}" for each in requirements)]
            archive.writestr(f"{name.split('-')[0]}-1.dist-info/METADATA", "\n".join(lines) + "\n")
    assert offline.missing(tmp_path, "windows", "3.12") == ["colorama"]
    assert offline.missing(tmp_path, "linux", "3.12") == []
    (tmp_path / "osmium-4.3-cp312-cp312-win_amd64.whl").unlink()
    assert offline.missing(tmp_path, "linux", "3.12") == ["osmium"]
    assert set(offline.TARGETS) == set(offline.MARKERS) == set(offline.SYSTEMS)
