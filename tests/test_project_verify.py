"""A verification cannot be fooled: forged packs of every kind are refused with one message; an honest pack is not."""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

import assetmap as am
from assetmap.project.evidence import NOT_PUBLISHED, public_names
from assetmap.project.inputs import hash_inputs
from assetmap.project.measuring import measure_project
from assetmap.project.review import measure_review
from assetmap.project.signature import MOST_KEY, WEAK_POINTS, check_signature
from assetmap.project.verify import Verification, describe_verification, verify_evidence
from assetmap.read.evidence import read_evidence
from assetmap.schema import InputError
from assetmap.show.review.evidence import write_evidence
from evidence_town import make_town_project

EDITS = {"close": ["West Library"], "hours": ["Hill:12"]}
CASES = Path(__file__).parents[2] / "shared" / "cases" / "safe"
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> am.Project:
    return make_town_project(tmp_path_factory.mktemp("evidence") / "town")


@pytest.fixture(scope="module")
def pack(project: am.Project) -> Path:
    output = project.folder.parent / "review"
    am.review_project(project, output, edits=EDITS)
    return output / "evidence.zip"


@pytest.fixture(scope="module")
def members(pack: Path) -> Members:
    return read_evidence(pack).members


REVIEWS: dict[str, Any] = {}


@pytest.fixture
def once(project: am.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure the project once, and review it once for the same settings: its inputs stay the same in the tests that forge packs."""
    if not hasattr(once, "results"):
        once.results = measure_project(project, sensitivity=False)

    def review(_: Any, results: am.Results, settings: Any, options: Any) -> Any:
        asked = repr((settings, options))
        if asked not in REVIEWS:
            REVIEWS[asked] = measure_review(project, results, settings, options)
        return REVIEWS[asked]

    monkeypatch.setattr("assetmap.project.verify.measure_project", lambda *_, **__: once.results)
    monkeypatch.setattr("assetmap.project.verify.measure_review", review)


def rehashed(members: Members) -> Members:
    """Return the members with the checksums of the manifest made to fit, as a forger would."""
    manifest = json.loads(members["manifest.json"])
    manifest["files"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in sorted(members.items())
        if name != "manifest.json"
    }
    return {"manifest.json": dumped(manifest)} | dict(
        sorted((name, content) for name, content in members.items() if name != "manifest.json")
    )


def dumped(manifest: Any) -> bytes:
    try:
        return (json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
    except UnicodeEncodeError:  # half a character: JSON can only hold it as an escape
        return (json.dumps(manifest, indent=2, sort_keys=True) + "\n").encode()


def refuse(path: Path, project: am.Project) -> str:
    """Return the message for a pack that must not verify."""
    try:
        found = verify_evidence(path, project)
    except InputError as error:
        assert str(error)
        return str(error)
    assert isinstance(found, Verification)
    assert not found.same, "a forged pack passed"
    lines = describe_verification(found)
    assert "differ" in lines[0]
    assert len(lines) > 2
    return "\n".join(lines)


def test_an_honest_pack_verifies(pack: Path, project: am.Project) -> None:
    found = verify_evidence(pack, project)
    assert found.same
    assert found.signed == "no signature"
    assert set(found.inputs.index) >= {"lookup.csv", "areas.shp", "areas.dbf", "site_answers.csv", "need.csv"}
    assert {"manifest.json", "methods.txt", "sources.csv", "tables/option_areas.csv"} <= set(
        found.members.index
    )
    first, last = describe_verification(found)
    assert f"All {len(found.members)} members" in first
    assert f"the same {len(found.inputs)} input files" in first
    assert "not signed" in last


def test_every_input_file_counts(tmp_path: Path, pack: Path, project: am.Project) -> None:
    again = make_town_project(tmp_path / "town")
    assert hash_inputs(again) == hash_inputs(project)
    names = {"lookup.csv", "areas.dbf", "site_answers.csv", "libraries.csv"}
    for name in names:
        content = (again.folder / name).read_bytes()
        changed = (
            content.replace(b"U\n", b"U \n", 1) if name == "lookup.csv" else content.replace(b"yes", b"no", 1)
        )
        if name == "areas.dbf":
            changed = content.replace(b"Square 00", b"Square 0O", 1)
        assert changed != content
        (again.folder / name).write_bytes(changed)
    found = verify_evidence(pack, again)
    assert not found.same
    assert set(found.inputs.index[~found.inputs["same"]]) == names
    said = describe_verification(found)
    for name in names:
        assert f"Input {name}: it is not the file that the pack was made from." in said


# ------------------------------------------------------------------ forgeries: content, with checksums that fit


def replace(name: str, old: str, new: str) -> Callable[[Members], Members]:
    def forge(members: Members) -> Members:
        text = members[name].decode("utf-8-sig")
        assert old in text, (name, old)
        changed = text.replace(old, new, 1).encode("utf-8-sig" if name.endswith(".csv") else "utf-8")
        return rehashed(members | {name: changed})

    return forge


def nudge(name: str) -> Callable[[Members], Members]:
    """Change the last digit of a table."""

    def forge(members: Members) -> Members:
        content = bytearray(members[name])
        place = max(place for place, byte in enumerate(content) if chr(byte).isalnum())
        content[place] = ord("7") if content[place] != ord("7") else ord("8")
        return rehashed(members | {name: bytes(content)})

    return forge


def rows(name: str, change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Members], Members]:
    return lambda members: rehashed(
        members | {name: b"".join(change(members[name].splitlines(keepends=True)))}
    )


def entry(*keys: str, value: Any = None, drop: bool = False) -> Callable[[Members], Members]:
    """Change, add or drop an entry of the manifest."""

    def forge(members: Members) -> Members:
        manifest = json.loads(members["manifest.json"])
        place = manifest
        for key in keys[:-1]:
            place = place[key]
        if drop:
            del place[keys[-1]]
        else:
            assert repr(place.get(keys[-1])) != repr(value)
            place[keys[-1]] = value
        return members | {"manifest.json": dumped(manifest)}

    return forge


def without(name: str) -> Callable[[Members], Members]:
    return lambda members: rehashed({key: value for key, value in members.items() if key != name})


TABLES = [
    *(
        "answers",
        "closures",
        "closures_front",
        "criteria",
        "dependence",
        "people_by_decile",
        "scores",
        "sites",
    ),
    *("small_areas", "fragility", "options", "option_areas", "option_people", "option_sites"),
    *("option_most_affected", "option_changes"),
]


def proposal(edits: Any, *, name: str = "Your proposal") -> Callable[[Members], Members]:
    """Return what puts one option with other changes into the manifest."""
    return entry("settings", "options", value=[{"name": name, "title": "Your proposal", "edits": edits}])


def swapped(one: str, two: str) -> Callable[[Members], Members]:
    return lambda members: rehashed(members | {one: members[two], two: members[one]})


def respelt(change: Callable[[str], str]) -> Callable[[Members], Members]:
    """Write the manifest in another way that says the same."""
    return lambda members: members | {"manifest.json": change(members["manifest.json"].decode()).encode()}


OTHER = "ab" * 32
CONTENT: dict[str, Callable[[Members], Members]] = {
    **{f"a digit of {table}": nudge(f"tables/{table}.csv") for table in TABLES},
    "methods reworded": replace("methods.txt", "Groups nearby", "All groups nearby"),
    "methods longer": lambda members: rehashed(
        members | {"methods.txt": members["methods.txt"] + b"\nThis review is final.\n"}
    ),
    "methods empty": lambda members: rehashed(members | {"methods.txt": b""}),
    "licence in sources": replace("sources.csv", "OGL", "CC0"),
    "date in sources": replace("sources.csv", "2025", "2026"),
    "attribution in sources": replace("sources.csv", "Contains made-up data.", ""),
    "a source added": rows("sources.csv", lambda lines: [*lines, lines[-1].replace(b"libraries", b"others")]),
    "a source left out": rows("sources.csv", lambda lines: lines[:-1]),
    "a site left out": rows("tables/sites.csv", lambda lines: lines[:-1]),
    "a site twice": rows("tables/sites.csv", lambda lines: [*lines, lines[-1]]),
    "sites in another order": rows("tables/sites.csv", lambda lines: [lines[0], *lines[:0:-1]]),
    "a column renamed": replace("tables/sites.csv", "impact", "merit"),
    "other line endings": rows(
        "tables/sites.csv", lambda lines: [line.replace(b"\n", b"\r\n") for line in lines]
    ),
    "no byte order mark": lambda members: rehashed(
        members | {"tables/sites.csv": members["tables/sites.csv"].removeprefix(b"\xef\xbb\xbf")}
    ),
    "an extra table": lambda members: rehashed(members | {"tables/more.csv": b"a\n1\n"}),
    "a table left out": without("tables/closures.csv"),
    "the options left out": lambda members: rehashed(
        {name: content for name, content in members.items() if "option" not in name}
    ),
    "title": entry("settings", "project", "project", "title", value="Town"),
    "audience": entry("settings", "project", "project", "audience", value="internal"),
    "catchment of the build": entry("settings", "project", "access", "limit_m", value=9000.0),
    "rate of the estimate": entry("settings", "project", "estimate", "rate", value=4.0),
    "licence of an input in the settings": entry("settings", "project", "need", "licence", value="CC0"),
    "an unknown setting": entry("settings", "project", "project", "approved", value="yes"),
    "a setting left out": entry("settings", "project", "gaps", drop=True),
    "catchment of the review": entry("settings", "devolution", "limit_m", value=2500.0),
    "weights": entry("settings", "devolution", "weights", value={"need": 3.0}),
    "first": entry("settings", "devolution", "first", value=1),
    "closures": entry("settings", "devolution", "closures", value=1),
    "near": entry("settings", "devolution", "near_m", value=500.0),
    # what no table shows, but a reader of the manifest believes
    **{
        f"a setting without effect: {name} = {value}": entry("settings", "devolution", name, value=value)
        for name, value in (
            *(("limit_m", 1501.0), ("near_m", 1501.0), ("limit_minutes", 31.0), ("first", 6), ("draws", 51)),
            *(("beyond_minutes", [15.0, 30.0, 60.0]), ("beyond_m", [1000, 2000, 3000]), ("limit_m", 1500)),
            ("programme", "2016"),
        )
    },
    "a proposal under another title": entry(
        "settings", "options", value=[{"name": "Your proposal", "title": "Agreed by cabinet", "edits": EDITS}]
    ),
    "a proposal twice": entry(
        *("settings", "options"),
        value=[{"name": "Your proposal", "title": "Your proposal", "edits": EDITS}] * 2,
    ),
    "options left out of the settings": entry("settings", "options", value=[]),
    "an option of another name": proposal(EDITS, name="A"),
    "edits of another site": proposal(EDITS | {"close": ["East Library"]}),
    "edits of another kind": proposal(EDITS | {"devolve": ["North:North Town Council"]}),
    "licence of a source": entry("inputs", "libraries", "licence", value="CC0"),
    "date of a source": entry("inputs", "need", "date", value="2020"),
    "title of a source": entry("inputs", "libraries", "title", value="All libraries"),
    "checksum of a source": entry("inputs", "libraries", "sha256", value=OTHER),
    "a source left out of the manifest": entry("inputs", "groups", drop=True),
    "a source added to the manifest": entry("inputs", "survey", value={"file": "s.csv", "sha256": OTHER}),
    "checksum of the lookup": entry("input_files", "lookup.csv", value=OTHER),
    "lookup left out": entry("input_files", "lookup.csv", drop=True),
    "a file added": entry("input_files", "survey.csv", value=OTHER),
    "no input files": entry("input_files", value={}),
    "version of pandas": entry("versions", "pandas", value="9.9"),
    "version of assetmap": entry("versions", "assetmap", value="9.9"),
    "a package left out": entry("versions", "shapely", drop=True),
    "a checksum that names no member": entry("files", "tables/none.csv", value=OTHER),
    "two tables swapped": swapped("tables/sites.csv", "tables/scores.csv"),
    "a text and a table swapped": swapped("methods.txt", "sources.csv"),
    "a table without its last line break": lambda members: rehashed(
        members | {"tables/sites.csv": members["tables/sites.csv"].removesuffix(b"\n")}
    ),
    "two byte order marks": lambda members: rehashed(
        members | {"tables/sites.csv": b"\xef\xbb\xbf" + members["tables/sites.csv"]}
    ),
    "needless quotes": replace("tables/sites.csv", "asset_id", '"asset_id"'),
    "a blank line behind": rows("tables/sites.csv", lambda lines: [*lines, b"\n"]),
    "an invisible letter": replace("tables/sites.csv", "asset_type", "asset_type\u200b"),
    "all checksums withheld": lambda members: entry(
        "input_files",
        value=dict.fromkeys(json.loads(members["manifest.json"])["input_files"], NOT_PUBLISHED),
    )(members),
    "an input under two names": lambda members: entry(
        "input_files",
        "./libraries.csv",
        value=json.loads(members["manifest.json"])["input_files"]["libraries.csv"],
    )(members),
    "an input in capitals": lambda members: entry(
        "input_files",
        "LIBRARIES.CSV",
        value=json.loads(members["manifest.json"])["input_files"]["libraries.csv"],
    )(members),
    "a name written as escapes": respelt(lambda text: text.replace("Gridtown", "\\u0047ridtown", 1)),
    "a number written in another way": respelt(lambda text: text.replace("1500.0", "1.5e3", 1)),
    "a manifest with Windows line ends": respelt(lambda text: text.replace("\n", "\r\n")),
    "a manifest on one line": lambda members: (
        members | {"manifest.json": json.dumps(json.loads(members["manifest.json"])).encode()}
    ),
}


@pytest.mark.parametrize("kind", CONTENT)
def test_forged_content_is_found(
    tmp_path: Path, members: Members, project: am.Project, once: None, kind: str
) -> None:
    refuse(write_evidence(tmp_path / "evidence.zip", CONTENT[kind](dict(members))), project)


def test_settings_that_are_not_those_of_the_project_are_told(
    tmp_path: Path, members: Members, project: am.Project, once: None
) -> None:
    forged = entry("settings", "devolution", "limit_minutes", value=31.0)(dict(members))
    text = forged["methods.txt"].decode()
    assert "limit_minutes = 30.0" in text
    stated = rehashed(
        forged | {"methods.txt": text.replace("limit_minutes = 30.0", "limit_minutes = 31.0").encode()}
    )
    found = verify_evidence(write_evidence(tmp_path / "evidence.zip", stated), project)
    assert found.same  # what anyone would get who asks for this
    assert "limit_minutes = 31.0; assetmap.toml has 30.0." in describe_verification(found)[1]


def test_what_differs_is_named(tmp_path: Path, members: Members, project: am.Project, once: None) -> None:
    for kind, words in (
        ("methods reworded", "methods.txt: line"),
        ("licence in sources", "sources.csv: 1 cell differs; the first is row 3, column 'licence'"),
        ("version of pandas", "'versions.pandas': '\"9.9\"' in the pack"),
        ("checksum of the lookup", "Input lookup.csv: it is not the file that the pack was made from"),
        ("title", "'settings.project.project.title'"),
        ("a manifest on one line", "manifest.json: it is not written as assetmap writes it"),
        ("an extra table", "tables/more.csv: in the pack, but no longer made"),
    ):
        path = write_evidence(tmp_path / "evidence.zip", CONTENT[kind](dict(members)))
        assert words in refuse(path, project), kind


# ------------------------------------------------------------------ forgeries: the manifest is not what it should be

DEEP = "[" * 100_000 + "]" * 100_000
MANIFESTS: dict[str, bytes | Callable[[Members], Members]] = {
    **{f"only {text[:12]!r}": text.encode() for text in ("{}", "[]", "null", "1", '"x"', "true", "", "{", "[1", DEEP)},
    "not UTF-8": b'{"pack": "\xff\xfe"}',
    "files is a list": entry("files", value=["methods.txt"]),
    "a checksum is a number": entry("files", "methods.txt", value=5),
    "a checksum is empty": entry("files", "methods.txt", value=""),
    "files is missing": entry("files", drop=True),
    "inputs is a list": entry("inputs", value=[]),
    "an input is a text": entry("inputs", "libraries", value="x"),
    "an input has a number": entry("inputs", "libraries", "title", value=1),
    "input files is missing": entry("input_files", drop=True),
    "versions is a text": entry("versions", value="x"),
    "a version is a number": entry("versions", "pandas", value=3),
    "another kind of pack": entry("pack", value="evidence"),
    "an entry more": entry("approved", value={}),
    "settings is a list": entry("settings", value=[]),
    "settings are empty": entry("settings", value={}),
    "settings have one more": entry("settings", "more", value={}),
    "no settings of the review": entry("settings", "devolution", drop=True),
    "settings of the review is null": entry("settings", "devolution", value=None),
    "a setting is missing": entry("settings", "devolution", "draws", drop=True),
    "a setting is unknown": entry("settings", "devolution", "more", value=1),
    **{
        f"{name} = {str(value)[:20]}": entry("settings", "devolution", name, value=value)
        for name, value in (
            ("draws", 10**12), ("draws", "50"), ("draws", 50.5), ("draws", -1), ("draws", True), ("draws", None),
            ("closures", 99), ("closures", 0), ("seed", -1), ("seed", 1.5), ("first", 0), ("first", [5]),
            ("limit_m", "far"), ("limit_m", 1e300), ("limit_m", -5), ("near_m", None), ("beyond_m", 5),
            ("beyond_m", ["x"]), ("beyond_m", [1.0] * 2000), ("beyond_m", [[]]), ("weights", [1]), ("weights", {"x": 1}),
            ("weights", {"need": "1"}), ("weights", {"need": -1}), ("asset_type", ""), ("asset_type", 5),
            ("asset_type", "castle"), ("asset_type", "\ud800"), ("distance", "fly"), ("distance", "own"), ("distance", {}),
            ("as_of", True), ("as_of", "2016"), ("as_of", 1800), ("programme", "never"), ("programme", 5),
        )
    },
    **{
        f"edits = {str(value)[:30]}": proposal(value)
        for value in (
            None, "x", {"close": "West"}, {"close": [5]}, {"close": []}, {"explode": ["West"]}, {"close": ["Nowhere"]},
            {"hours": ["West"]}, {"move": ["West:XX1 1XX"]}, {"close": [""]}, {"close": ["x" * 100_000]}, {"close": [None]},
        )
    },
    **{
        f"options = {str(value)[:30]}": entry("settings", "options", value=value)
        for value in (None, "x", {}, [5], [[]], [{"name": "A"}], [{"name": "A", "title": 5, "edits": {}}], [{}] * 50)
    },
    "an option without a name": proposal(EDITS, name=""),
    "an entry twice": lambda members: members
    | {"manifest.json": members["manifest.json"].replace(b'"pack":', b'"pack": "assetmap evidence",\n  "pack":', 1)},
    "not a number": lambda members: members
    | {"manifest.json": members["manifest.json"].replace(b'"draws": 50', b'"draws": NaN', 1)},
    "a number without end": lambda members: members
    | {"manifest.json": members["manifest.json"].replace(b'"draws": 50', b'"draws": ' + b"9" * 5000, 1)},
    "infinite": lambda members: members
    | {"manifest.json": members["manifest.json"].replace(b'"near_m": 1500.0', b'"near_m": 1e999', 1)},
    "a manifest of 6 MB": lambda members: members | {"manifest.json": members["manifest.json"] + b" " * 6_000_000},
}  # fmt: skip


@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_malformed_manifest_is_refused(
    tmp_path: Path, members: Members, project: am.Project, once: None, kind: str
) -> None:
    change = MANIFESTS[kind]
    forged = members | {"manifest.json": change} if isinstance(change, bytes) else change(dict(members))
    assert forged["manifest.json"] != members["manifest.json"]
    refuse(write_evidence(tmp_path / "evidence.zip", forged), project)


# ------------------------------------------------------------------ forgeries: the zip is not what it should be


def zipped(entries: list[tuple[str, bytes]], **changes: Any) -> bytes:
    """Return a zip written as assetmap writes it, but for some changes of the entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compresslevel=changes.get("level")) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name, date_time=changes.get("date", (2000, 1, 1, 0, 0, 0)))
            info.compress_type = changes.get("method", zipfile.ZIP_DEFLATED)
            info.create_system, info.external_attr = 3, changes.get("mode", 0o644) << 16
            info.comment, info.extra = changes.get("remark", b""), changes.get("extra", b"")
            archive.writestr(info, content, compresslevel=changes.get("level"))
        archive.comment = changes.get("comment", b"")
    return buffer.getvalue()


def listed(members: Members) -> list[tuple[str, bytes]]:
    return list(members.items())


def renamed(members: Members, old: str, new: str) -> bytes:
    """Return the pack with the name of a member changed in the bytes of the zip: same length, any letters."""
    assert len(old) == len(new)
    return zipped(listed(members)).replace(old.encode(), new.encode("latin-1"))


def patched(members: Members, place: int, form: str, value: int, *, central: bool = True) -> bytes:
    """Return the pack with a field of the first header (in the directory, or before the member) changed."""
    content = bytearray(zipped(listed(members)))
    start = content.index(b"PK\x01\x02") if central else 0
    struct.pack_into(form, content, start + place, value)
    return bytes(content)


def field_by_field(
    members: Members, change: Callable[[dict[str, Any]], object] = lambda fields: None
) -> bytes:
    """Return the pack written without a library, with some fields of its first member changed."""
    content, directory = b"", b""
    for place, (name, plain) in enumerate(members.items()):
        packer = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
        fields = {"name": name.encode(), "packed": packer.compress(plain) + packer.flush(), "plain": plain}
        fields |= {"needs": 20, "flags": 0, "made": 20, "disk": 0, "internal": 0}
        if not place:
            change(fields)
        told = struct.pack(
            "<5H3L2H",
            fields["needs"],
            fields["flags"],
            8,
            0,
            20 << 9 | 33,
            zlib.crc32(plain),
            len(fields["packed"]),
            len(plain),
            len(fields["name"]),
            0,
        )
        directory += b"PK\1\2" + struct.pack("<BB", fields["made"], 3) + told
        directory += (
            struct.pack("<3H2L", 0, fields["disk"], fields["internal"], 0o644 << 16, len(content))
            + fields["name"]
        )
        content += b"PK\3\4" + told + fields["name"] + fields["packed"]
    count = len(members)
    return (
        content
        + directory
        + b"PK\5\6"
        + struct.pack("<4H2LH", 0, 0, count, count, len(directory), len(content), 0)
    )


def with_field(name: str, value: Callable[[Any], Any]) -> Callable[[Members], bytes]:
    return lambda members: field_by_field(members, lambda fields: fields.update({name: value(fields[name])}))


def unfinished(members: Members) -> bytes:
    """Return the pack with a first member that is all there, but whose packed bytes do not say that they end."""
    packer = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(next(iter(members.values()))) + packer.flush(zlib.Z_FULL_FLUSH)
    return field_by_field(members, lambda fields: fields.update(packed=packed))


SITES = "tables/sites.csv"
FAKE = b"asset_id,name\nx,y\n"
ZIPS: dict[str, Callable[[Members], bytes]] = {
    "a duplicate first": lambda m: zipped([(SITES, FAKE), *listed(m)]),
    "a duplicate last": lambda m: zipped([*listed(m), (SITES, FAKE)]),
    "the same member twice": lambda m: zipped([*listed(m), (SITES, m[SITES])]),
    "two manifests": lambda m: zipped([("manifest.json", b"{}"), *listed(m)]),
    "a duplicate in capitals": lambda m: zipped([*listed(m), ("tables/SITES.csv", FAKE)]),
    "a member in capitals": lambda m: zipped([("MANIFEST.json" if n == "manifest.json" else n, c) for n, c in listed(m)]),
    "a readme": lambda m: zipped([*listed(m), ("README.txt", b"hello")]),
    "a page": lambda m: zipped([*listed(m), ("devolution.html", b"<p>")]),
    "a table outside tables": lambda m: zipped([*listed(m), ("sites.csv", FAKE)]),
    "a table in a folder": lambda m: zipped([*listed(m), ("tables/more/sites.csv", FAKE)]),
    "a folder": lambda m: zipped([*listed(m), ("tables/", b"")]),
    "a way up": lambda m: zipped([*listed(m), ("../evil.csv", FAKE)]),
    "a way up in tables": lambda m: zipped([*listed(m), ("tables/../../evil.csv", FAKE)]),
    "an absolute path": lambda m: zipped([*listed(m), ("/etc/cron.d/evil", FAKE)]),
    "a drive": lambda m: zipped([*listed(m), ("C:\\evil.csv", FAKE)]),
    "a backslash": lambda m: renamed(m, "tables/sites.csv", "tables\\sites.csv"),
    "a NUL in a name": lambda m: renamed(m, "tables/sites.csv", "tables/sit\0s.csv"),
    "an escape code in a name": lambda m: renamed(m, "tables/sites.csv", "tables/\x1b[2J0.csv"),
    "a name in cp437": lambda m: renamed(m, "tables/sites.csv", "tables/s\xeftes.csv"),
    "an empty name": lambda m: zipped([*listed(m), ("", FAKE)]),
    "bytes in front": lambda m: b"MZ" + b"\0" * 500 + zipped(listed(m)),
    "bytes behind": lambda m: zipped(listed(m)) + b"<script>",
    "a zip behind": lambda m: zipped([(SITES, FAKE)]) + zipped(listed(m)),
    "a comment": lambda m: zipped(listed(m), comment=b"approved"),
    "a remark on a member": lambda m: zipped(listed(m), remark=b"approved"),
    "an extra field": lambda m: zipped(listed(m), extra=struct.pack("<HH4s", 0xCAFE, 4, b"evil")),
    "another date": lambda m: zipped(listed(m), date=(2026, 1, 1, 0, 0, 0)),
    "a link": lambda m: zipped(listed(m), mode=0o120777),
    "bzip2": lambda m: zipped(listed(m), method=zipfile.ZIP_BZIP2),
    "lzma": lambda m: zipped(listed(m), method=zipfile.ZIP_LZMA),
    "another order": lambda m: zipped([*listed(m)[1:], listed(m)[0]]),
    "tables in another order": lambda m: zipped([listed(m)[0], *listed(m)[:0:-1]]),
    "no manifest": lambda m: zipped([(n, c) for n, c in listed(m) if n != "manifest.json"]),
    "no methods": lambda m: zipped([(n, c) for n, c in listed(m) if n != "methods.txt"]),
    "no sources": lambda m: zipped([(n, c) for n, c in listed(m) if n != "sources.csv"]),
    "no members": lambda m: zipped([]),
    "a thousand members": lambda m: zipped([*listed(m), *((f"tables/t{n}.csv", b"a") for n in range(1000))]),
    "a bomb": lambda m: zipped([*listed(m), ("tables/bomb.csv", bytes(500_000_001))], level=1),
    "encrypted": lambda m: patched(m, 8, "<H", 1),
    "a data descriptor": lambda m: patched(m, 8, "<H", 8),
    "a size that lies": lambda m: patched(m, 24, "<L", 10),
    "a huge size": lambda m: patched(m, 24, "<L", 0xFFFFFFF0),
    "a checksum that lies": lambda m: patched(m, 16, "<L", 1),
    "another method": lambda m: patched(m, 10, "<H", 99),
    "an offset that lies": lambda m: patched(m, 42, "<L", 5),
    "a header that lies about the date": lambda m: patched(m, 10, "<H", 77, central=False),
    "a header that lies about the size": lambda m: patched(m, 22, "<L", 77, central=False),
    "a header with another name": lambda m: zipped(listed(m)).replace(b"manifest.json", b"manifest.jsun", 1),
    "bytes hidden behind a packed member": with_field("packed", lambda packed: packed + b"hidden"),
    "a second stream behind a packed member": with_field("packed", lambda packed: packed + packed),
    "a packed member without an end": unfinished,
    "a later format": with_field("needs", lambda _: 45),
    "made by another program": with_field("made", lambda _: 63),
    "a name marked as UTF-8": with_field("flags", lambda _: 0x800),
    "marked as text": with_field("internal", lambda _: 1),
    "on another disk": with_field("disk", lambda _: 1),
    "stored": lambda m: zipped(listed(m), method=zipfile.ZIP_STORED),
    "a count that lies": lambda m: zipped(listed(m))[:-12] + struct.pack("<H", 1) + zipped(listed(m))[-10:],
    "a duplicate in wide letters": lambda m: zipped([*listed(m), ("tables/\uff53ites.csv", FAKE)]),
    "a duplicate in parts of letters": lambda m: zipped([*listed(m), ("tables/sites\u0301.csv", FAKE)]),
    "a duplicate with a line break": lambda m: zipped([*listed(m), ("tables/sites.csv\n", FAKE)]),
    "cut short": lambda m: zipped(listed(m))[:-30],
    "half": lambda m: zipped(listed(m))[: len(zipped(listed(m))) // 2],
    "empty": lambda m: b"",
    "text": lambda m: b"hello",
    "one byte changed": lambda m: bytes([*zipped(listed(m))[:400], 0, *zipped(listed(m))[401:]]),
}  # fmt: skip


@pytest.mark.parametrize("kind", ZIPS)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_forged_zip_is_refused(
    tmp_path: Path, members: Members, project: am.Project, once: None, kind: str
) -> None:
    path = tmp_path / "evidence.zip"
    path.write_bytes(ZIPS[kind](dict(members)))
    message = refuse(path, project)
    assert message.count("\n") == 0
    assert message.isprintable()


def test_there_are_more_than_sixty_kinds() -> None:
    assert len(CONTENT) >= 60
    assert len(CONTENT) + len(MANIFESTS) + len(ZIPS) >= 170


def test_the_helper_that_forges_writes_honest_packs_too(
    tmp_path: Path, members: Members, pack: Path, project: am.Project
) -> None:
    (tmp_path / "evidence.zip").write_bytes(zipped(listed(members)))
    assert (tmp_path / "evidence.zip").read_bytes() == pack.read_bytes() == field_by_field(members)
    assert rehashed(dict(members)) == members
    assert verify_evidence(tmp_path / "evidence.zip", project).same


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here")
@pytest.mark.parametrize("name", ["edits5.zip", "duplicate_member.zip"])
def test_the_packs_that_once_passed_are_refused(project: am.Project, name: str) -> None:
    assert "not an evidence pack" in refuse(CASES / name, project)


# ------------------------------------------------------------------ signatures


def pem(key: Any, *, password: bytes | None = None) -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


def public_pem(key: Any) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@pytest.fixture(scope="module")
def signed(project: am.Project) -> Path:
    folder = project.folder.parent / "signed"
    key, other = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate()
    folder.mkdir()
    for name, content in (("key", pem(key)), ("public", public_pem(key)), ("other", public_pem(other))):
        (folder / f"{name}.pem").write_bytes(content)
    am.review_project(project, folder / "review", sign_key=folder / "key.pem")
    return folder


def test_a_signed_pack_says_who_made_it(signed: Path, project: am.Project) -> None:
    path = signed / "review" / "evidence.zip"
    found = verify_evidence(path, project, public_key=signed / "public.pem")
    assert found.same
    assert found.signed == "yes"
    assert "fits the public key" in describe_verification(found)[-1]
    assert "give their key" in describe_verification(verify_evidence(path, project))[-1]
    with pytest.raises(InputError, match="does not fit the key"):
        verify_evidence(path, project, public_key=signed / "other.pem")


def test_openssl_checks_the_signature_too(signed: Path) -> None:
    path = signed / "review" / "evidence.zip"
    try:
        done = subprocess.run(
            [
                *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", signed / "public.pem"),
                *("-rawin", "-in", path, "-sigfile", f"{path}.sig"),
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("there is no openssl")
    assert "Verified Successfully" in done.stdout + done.stderr


def test_a_review_without_a_key_takes_the_old_signature_away(signed: Path, project: am.Project) -> None:
    am.review_project(project, signed / "later", sign_key=signed / "key.pem")
    assert (signed / "later" / "evidence.zip.sig").is_file()
    am.review_project(project, signed / "later")
    assert not (signed / "later" / "evidence.zip.sig").exists()


def test_a_signature_that_does_not_fit_is_refused(signed: Path, tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    content = (signed / "review" / "evidence.zip").read_bytes()
    signature = (signed / "review" / "evidence.zip.sig").read_bytes()
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not signed"):
        check_signature(path, signed / "public.pem")
    for wrong, words in (
        (b"", "64 bytes"),
        (b"x" * 65, "64 bytes"),
        (bytes(64), "does not fit"),
        (signature[::-1], "does not fit"),
    ):
        Path(f"{path}.sig").write_bytes(wrong)
        with pytest.raises(InputError, match=words):
            check_signature(path, signed / "public.pem")
    Path(f"{path}.sig").write_bytes(signature)
    check_signature(path, signed / "public.pem")
    path.write_bytes(content + b"\0")
    with pytest.raises(InputError, match="does not fit"):
        check_signature(path, signed / "public.pem")


def test_keys_that_cannot_be_used_are_named_before_anything_is_measured(
    signed: Path, project: am.Project, tmp_path: Path
) -> None:
    locked = pem(ed25519.Ed25519PrivateKey.generate(), password=b"secret")
    big = pem(rsa.generate_private_key(public_exponent=65537, key_size=1024))
    for content, words in (
        (locked, "protected by a password"),
        (big, "not an Ed25519 key"),
        (b"hello", "not a private key in a PEM file"),
        (b"", "not a private key in a PEM file"),
        ((signed / "public.pem").read_bytes(), "not a private key in a PEM file"),
    ):
        (tmp_path / "key.pem").write_bytes(content)
        with pytest.raises(InputError, match=words):
            am.review_project(project, tmp_path / "out", sign_key=tmp_path / "key.pem")
    with pytest.raises(InputError, match="cannot be read"):
        am.review_project(project, tmp_path / "out", sign_key=tmp_path / "none.pem")
    with pytest.raises(InputError, match="not a public key"):
        check_signature(signed / "review" / "evidence.zip", signed / "key.pem")
    assert not (tmp_path / "out").exists()


POINTS = (0, 1, WEAK_POINTS[2], WEAK_POINTS[3], WEAK_POINTS[4], 1 + (1 << 255), WEAK_POINTS[3] + (1 << 255))


@pytest.mark.parametrize("point", POINTS)
def test_a_key_that_fits_anything_is_refused(tmp_path: Path, point: int) -> None:
    key = ed25519.Ed25519PublicKey.from_public_bytes(point.to_bytes(32, "little"))
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    (tmp_path / "public.pem").write_bytes(key.public_bytes(serialization.Encoding.PEM, form))
    (tmp_path / "evidence.zip").write_bytes(b"anything")
    (tmp_path / "evidence.zip.sig").write_bytes((1).to_bytes(32, "little") + bytes(32))
    if point == 1:  # why it matters
        key.verify((tmp_path / "evidence.zip.sig").read_bytes(), b"anything")
    with pytest.raises(InputError, match="fits the signature of anything"):
        check_signature(tmp_path / "evidence.zip", tmp_path / "public.pem")


def test_a_pack_that_is_replaced_between_two_looks_is_refused(
    signed: Path, project: am.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("evidence.zip", "evidence.zip.sig"):
        (tmp_path / name).write_bytes((signed / "review" / name).read_bytes())
    other = (signed.parent / "review" / "evidence.zip").read_bytes()

    def read(path: Path) -> Any:
        path.write_bytes(other)
        return read_evidence(path)

    monkeypatch.setattr("assetmap.project.verify.read_evidence", read)
    with pytest.raises(InputError, match="was replaced while it was checked"):
        verify_evidence(tmp_path / "evidence.zip", project, public_key=signed / "public.pem")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are a thing of Unix")
def test_a_pipe_or_a_folder_in_the_place_of_a_key_or_a_signature_is_refused(
    signed: Path, tmp_path: Path
) -> None:
    (tmp_path / "evidence.zip").write_bytes((signed / "review" / "evidence.zip").read_bytes())
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(bytes(MOST_KEY + 1))
    for key in ("pipe", "large", "."):
        with pytest.raises(InputError, match="must be a file of at most"):
            check_signature(tmp_path / "evidence.zip", tmp_path / key)
    os.mkfifo(tmp_path / "evidence.zip.sig")
    with pytest.raises(InputError, match="is not signed"):
        check_signature(tmp_path / "evidence.zip", signed / "public.pem")


def test_a_pack_for_the_public_names_no_contact_and_each_file_once() -> None:
    files = ["list of jo@example.org.csv", "list of ann@example.org.csv", "halls.csv"]
    told = public_names(files, audience="public")
    assert told == {
        "halls.csv": "halls.csv",
        "list of ann@example.org.csv": "list of [removed].csv",
        "list of jo@example.org.csv": "list of [removed].csv (2)",
    }
    assert public_names(files, audience="internal") == {file: file for file in sorted(files)}
