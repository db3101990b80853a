"""Damage that knows how a file is made: members of a zip, records, counts, lengths, lines, fields. `tests/fuzz.py` runs it.

Each kind takes the files of a sample (its parts by their endings) and returns them damaged, or None where it does not fit the format.
No kind takes a record away together with every count of it: such a file is whole, and nothing in it says that there were more.
"""

from __future__ import annotations

import gzip
import io
import random
import re
import sqlite3
import struct
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

Parts = dict[str, bytes]
"""Ending of a part (``.shp``, ``.dbf``) -> its bytes; most samples have one."""

NUMBERS: Final = (0, 1, 5, 59, 61, 255, 65_535, 2**31 - 1, 2**32 - 1)
LINES: Final = (".csv", ".tsv", ".txt", ".jsonl", ".mif")
XML: Final = (".kml", ".gml")
RECORDS: Final = {
    ".kml": rb"(?s)<(Placemark)\b.*?</Placemark>", ".gml": rb"(?s)<(?:\w+:)?(featureMember)\b.*?</(?:\w+:)?featureMember>",
    "sheet": rb"(?s)<(row)\b.*?</row>", "content.xml": rb"(?s)<(table:table-row)\b.*?</table:table-row>",
}  # fmt: skip
"""How a record is written in the formats of XML."""


def main_of(parts: Parts) -> str:
    """Return the ending of the part that gives a sample its name."""
    return next(iter(parts))


def header_bits(parts: Parts, rng: random.Random) -> Parts | None:
    """Flip one to three bits of the first hundred bytes of a part."""
    name = rng.choice(sorted(parts))
    raw = bytearray(parts[name])
    for _ in range(rng.randint(1, 3)):
        if raw:
            raw[rng.randrange(min(len(raw), 100))] ^= 1 << rng.randrange(8)
    return {**parts, name: bytes(raw)}


def lying_number(parts: Parts, rng: random.Random) -> Parts | None:
    """Put another number into the head or the end of a part, where formats keep counts, offsets and lengths."""
    name = rng.choice(sorted(parts))
    raw = bytearray(parts[name])
    if len(raw) < 16 or name in LINES:
        return None
    at = rng.choice([rng.randrange(0, min(len(raw), 200) - 4), len(raw) - rng.randint(4, min(len(raw), 100))])
    kind = rng.choice(["<I", ">I", "<H", ">H"])
    size = struct.calcsize(kind)
    raw[at : at + size] = struct.pack(kind, rng.choice(NUMBERS) & (256**size - 1))
    return {**parts, name: bytes(raw)}


def cut_at_record(parts: Parts, rng: random.Random) -> Parts | None:
    """Cut a part of a map at the end of a record: its other parts, or its head, still count all."""
    if ".shp" in parts:
        name = rng.choice([".shp", ".shx", ".dbf"])
        raw = parts[name]
        if name == ".dbf":
            header, width = struct.unpack_from("<HH", raw, 8)
            return {**parts, name: raw[: header + width * rng.randrange(60)]}
        each = 8 if name == ".shx" else 28
        return {**parts, name: raw[: 100 + each * rng.randrange(60)]}
    if ".fgb" in parts:
        raw = parts[".fgb"]
        at = raw.rfind(b"Hall number", 0, len(raw) - rng.randint(40, 4_000))
        return {".fgb": raw[: max(at, 200)]} if at > 0 else None
    if main_of(parts) in XML:
        found = list(re.finditer(RECORDS[main_of(parts)], parts[main_of(parts)]))
        return {**parts, main_of(parts): parts[main_of(parts)][: found[rng.randrange(len(found))].end()]}
    if main_of(parts) == ".geojson":
        raw = parts[".geojson"]
        return {
            ".geojson": raw[
                : raw.find(b'{ "type": "Feature"', rng.randrange(len(raw) // 2, len(raw) - 2_000))
            ]
        }
    return None


def repeated_record(parts: Parts, rng: random.Random) -> Parts | None:
    """Write a line or a record of XML twice."""
    main = main_of(parts)
    raw = parts[main]
    if main in LINES:
        lines = raw.splitlines(keepends=True)
        at = rng.randrange(len(lines))
        return {
            **parts,
            main: b"".join([*lines[: at + 1], *lines[at : at + rng.randint(1, 40)], *lines[at + 1 :]]),
        }
    if main in XML:
        found = rng.choice(list(re.finditer(RECORDS[main], raw)))
        return {**parts, main: raw[: found.end()] + found[0] * rng.choice([1, 200]) + raw[found.end() :]}
    return None


def moved_lines(parts: Parts, rng: random.Random) -> Parts | None:
    """Exchange lines, write the headings again, change the delimiter or the encoding half-way, open a quotation, or put a block of zeros in."""
    main = main_of(parts)
    if main not in (".csv", ".tsv", ".txt"):
        return None
    lines = parts[main].split(b"\n")
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(7)
    if kind == 0:
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == 1:
        lines.insert(at, lines[0])
    elif kind == 2:
        lines[at:] = [line.replace(b",", b";") for line in lines[at:]]
    elif kind == 3:
        lines[at:] = [line.decode("utf-8", "replace").encode("utf-16-le") for line in lines[at:]]
    elif kind == 4:
        lines[at] = b'"' + lines[at]
    elif kind == 5:
        lines[at] += b"\0" * rng.choice([1, 512, 4_096])
    else:
        lines[at] += rng.choice([b"\xe9", b"\xc3", b"\xff", b"\x81"]) * rng.randint(1, 40)
    return {**parts, main: b"\n".join(lines)}


def strange_json(parts: Parts, rng: random.Random) -> Parts | None:
    """Repeat a name, put another value in its place, add a list beside the records, or say that there are more."""
    main = main_of(parts)
    if main not in (".json", ".geojson", ".jsonl"):
        return None
    text = parts[main].decode("utf-8", "replace")
    names = list(re.finditer(r'"([\w ]+)"\s*:\s*("[^"]*"|-?[\d.]+|null)', text))
    if not names:
        return None
    found = rng.choice(names)
    kind = rng.randrange(4)
    if kind == 0:
        text = f'{text[: found.start()]}"{found[1]}": "again", {text[found.start() :]}'
    elif kind == 1:
        other = rng.choice(
            ['{"a":[1,{"b":null}]}', "[]", "9" * 400, "1e999", "NaN", '"' + "x" * 100_000 + '"', "true", "-0"]
        )
        text = text[: found.start(2)] + other + text[found.end(2) :]
    elif kind == 2 and text.lstrip().startswith("{"):
        text = text.replace("{", '{"others": [{"name": "Shed"}], "total": 900, ', 1)
    else:
        text = text[: found.start()] + '"deep": ' + "[" * 400 + "]" * 400 + ", " + text[found.start() :]
    return {**parts, main: text.encode()}


def changed_database(parts: Parts, rng: random.Random) -> Parts | None:
    """Change a GeoPackage as a database: its counts, its shapes, its catalogue, views."""
    if main_of(parts) != ".gpkg":
        return None
    told = rng.choice([
        "UPDATE gpkg_ogr_contents SET feature_count = 5", "UPDATE gpkg_ogr_contents SET feature_count = 900",
        "UPDATE a SET geom = NULL WHERE fid % 7 = 0", "UPDATE a SET geom = x'4750' WHERE fid = 9", "UPDATE a SET geom = 'text' WHERE fid = 9",
        "UPDATE a SET name = zeroblob(9) WHERE fid = 3", "UPDATE a SET name = 12 WHERE fid = 3", "UPDATE a SET name = char(0, 7, 27) || name",
        "DROP TABLE gpkg_ogr_contents", "DELETE FROM gpkg_geometry_columns", "DELETE FROM gpkg_contents",
        "UPDATE gpkg_geometry_columns SET srs_id = 4711", "UPDATE gpkg_geometry_columns SET column_name = 'name'",
        "UPDATE gpkg_contents SET table_name = 'b'", "ALTER TABLE a RENAME COLUMN name TO geom2", "CREATE VIEW gpkg_more AS SELECT * FROM a, a AS b",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; END", "DROP TABLE rtree_a_geom",
        "ALTER TABLE a RENAME TO a_base; CREATE VIEW a AS SELECT * FROM a_base",
        "ALTER TABLE a RENAME TO a_base; CREATE VIEW a AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT a_base.* FROM n, a_base",
    ])  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        path.write_bytes(parts[".gpkg"])
        with closing(sqlite3.connect(path)) as database:
            try:
                database.executescript(told)
                database.commit()
            except sqlite3.Error:
                return None
        return {".gpkg": path.read_bytes()}


def changed_archive(parts: Parts, rng: random.Random) -> Parts | None:
    """Change a zip as an archive: exchange, repeat, rename or lose members, lie about their sizes, add bytes."""
    main = main_of(parts)
    if main not in (".zip", ".xlsx", ".ods"):
        return None
    with zipfile.ZipFile(io.BytesIO(parts[main])) as archive:
        members = [(member.filename, archive.read(member)) for member in archive.infolist()]
    kind = rng.randrange(6)
    one, other = rng.randrange(len(members)), rng.randrange(len(members))
    if kind == 0:
        members[one], members[other] = (
            (members[one][0], members[other][1]),
            (members[other][0], members[one][1]),
        )
    elif kind == 1:
        members.insert(rng.randrange(len(members)), (members[one][0], b"x" * 50))
    elif kind == 2:
        members.append((members[one][0].upper(), members[one][1][: len(members[one][1]) // 2]))
    elif kind == 3 and main == ".zip":
        del members[one]
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # a name comes twice
        for name, content in members:
            archive.writestr(name, content)
    raw = bytearray(packed.getvalue())
    if kind == 4:
        at = raw.rfind(b"PK\x01\x02")
        raw[at + 20 : at + 28] = struct.pack("<II", rng.choice(NUMBERS), rng.choice(NUMBERS))
    elif kind == 5:
        raw += rng.randbytes(rng.choice([1, 30, 70_000]))
    return {main: bytes(raw)}


def changed_sheet(parts: Parts, rng: random.Random) -> Parts | None:
    """Change the XML of a sheet: repeat a row, move a cell far away, say that rows repeat, break off at a row."""
    main = main_of(parts)
    if main not in (".xlsx", ".ods"):
        return None
    with zipfile.ZipFile(io.BytesIO(parts[main])) as archive:
        members = {member.filename: archive.read(member) for member in archive.infolist()}
    name = next((name for name in members if name == "content.xml" or "worksheets/sheet" in name), None)
    if name is None:
        return None
    sheet = members[name]
    rows = list(re.finditer(RECORDS["content.xml" if main == ".ods" else "sheet"], sheet))
    if not rows:
        return None
    row, kind = rng.choice(rows), rng.randrange(5)
    if kind == 0:
        sheet = sheet[: row.end()] + row[0] * rng.choice([1, 300]) + sheet[row.end() :]
    elif kind == 1:
        sheet = (
            sheet[: row.start()]
            + re.sub(rb'r="[A-Z]+\d+"', b'r="XFD1048576"', row[0], count=1)
            + sheet[row.end() :]
        )
        sheet = sheet.replace(
            b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="16000" ', 1
        )
    elif kind == 2:
        sheet = sheet[: row.end()]
    elif kind == 3:
        sheet = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B3"', sheet)
        sheet = sheet.replace(
            b"<table:table-row>", b'<table:table-row table:number-rows-repeated="9000000">', 1
        )
    else:
        sheet = sheet.replace(b"<v>", b"<v>9", 3).replace(b't="inlineStr"', b't="s"', 2)
    members[name] = sheet
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return {main: packed.getvalue()}


def changed_gzip(parts: Parts, rng: random.Random) -> Parts | None:
    """Add a member or bytes after a gzip, cut it, or lie about its length and checksum."""
    main = main_of(parts)
    if not main.endswith(".gz"):
        return None
    raw = parts[main]
    content = gzip.decompress(raw)
    return {main: rng.choice([
        raw + gzip.compress(content[: len(content) // 2]), raw + b"\0" * 40, raw + rng.randbytes(40), raw[: len(raw) // 2],
        raw[:-8], raw[:-4] + struct.pack("<I", 7), raw[:-8] + struct.pack("<II", zlib.crc32(b"x"), len(content)),
        gzip.compress(content + b"x" * 3_000_000), gzip.compress(raw),
    ])}  # fmt: skip


def mixed_encodings(parts: Parts, rng: random.Random) -> Parts | None:
    """Write a text or a part of it in another encoding than it says."""
    main = main_of(parts)
    if main not in (*LINES, *XML, ".json", ".geojson"):
        return None
    text = parts[main].decode("utf-16" if parts[main][:2] == b"\xff\xfe" else "utf-8", "replace")
    encoding = rng.choice(
        ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-7", "cp037", "utf-8-sig"]
    )
    half = len(text) // 2 if rng.random() < 0.5 else 0
    return {**parts, main: text[:half].encode() + text[half:].encode(encoding, "replace")}


def hostile_cell(parts: Parts, rng: random.Random) -> Parts | None:
    """Make one word of a text as long as no list has it, or repeat it as names, addresses and numbers."""
    main = main_of(parts)
    if main not in (*LINES, *XML, ".json", ".geojson"):
        return None
    words = [
        b"Hall number 7",
        b"village hall",
        b"TR1 1EP",
        b"open",
        b"2024-05-31",
        b"first floor",
        b"name",
        b"coordinates",
    ]
    fillers = [
        b"a",
        b"ab cd ",
        b"1 High Street, ",
        b"01872 900112 ",
        b"x@y.z ",
        b"closed on ",
        b"Mon 9-5; ",
        b"POINT (1 2) ",
        "\U0001f600 ".encode(),
    ]
    word = rng.choice([one for one in words if one in parts[main]] or [b"e"])
    return {
        **parts,
        main: parts[main].replace(
            word, word + rng.choice(fillers) * rng.choice([500, 9_000, 60_000]), rng.choice([1, 30])
        ),
    }


KINDS: Final[tuple[Callable[[Parts, random.Random], Parts | None], ...]] = (
    header_bits, lying_number, cut_at_record, repeated_record, moved_lines, strange_json, changed_database, changed_archive, changed_sheet,
    changed_gzip, mixed_encodings, hostile_cell,
)  # fmt: skip


def damaged_parts(parts: Parts, rng: random.Random) -> tuple[str, Parts]:
    """Damage a sample in one way that fits its format; return the name of the way too."""
    kinds = list(KINDS)
    rng.shuffle(kinds)
    for kind in kinds:
        try:
            damaged = kind(dict(parts), rng)
        except (ValueError, IndexError, struct.error):  # the sample is too small for this kind
            continue
        if damaged is not None and damaged != parts:
            return kind.__name__, damaged
    return "nothing", parts
