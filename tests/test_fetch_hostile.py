"""Servers that are slow, broken or hostile: each kind is one message, soon, and leaves nothing behind."""

from __future__ import annotations

import gzip
import io
import json
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from assetmap.errors import FetchError
from assetmap.fetch import connection as connection_module
from assetmap.fetch.arcgis import _is_shape, fetch_features
from assetmap.fetch.asking import download, get_answer, get_json
from assetmap.fetch.connection import Connection, _check_redirect, open_connection
from assetmap.fetch.downloads import fetch_file, fetch_nomis, fetch_overpass
from assetmap.fetch.limits import Limits, asked_wait
from assetmap.fetch.sources import known_hosts, read_sources
from office import Office, open_office
from test_fetch import features, source

SMALL = Limits(
    answer_bytes=4 * 2**20,
    file_bytes=4 * 2**20,
    answer_s=60.0,  # no honest answer passes it on a busy machine
    file_s=60.0,
    source_s=120.0,
    rows=50_000,
    pages=20,
)
SOON = replace(SMALL, answer_s=0.6, file_s=0.6, source_s=1.0)
Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def office() -> Iterator[Office]:
    with open_office() as running:
        yield running


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with open_connection(
        cache=tmp_path / "cache", tries=2, wait_s=0.001, timeout_s=30, limits=SMALL
    ) as opened:
        yield opened


def left_behind(connection: Connection) -> list[str]:
    folder = connection.store.folder
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def sends(body: bytes, *, status: int = 200, **headers: str) -> Answer:
    """Return an answer with these headers (``Content_Encoding``) and this body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.send_header(
            "Connection", "close"
        )  # or the next request might meet a connection that just ended
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def refused(call: Callable[[], object]) -> str:
    """Return the message of a call that must fail, with one error that is ours; what ends too late has another message."""
    with pytest.raises(FetchError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 1_500
    assert message.isprintable()
    return message


# --- size


@pytest.mark.slow
def test_what_unpacks_to_far_more_than_was_sent_is_refused(office: Office, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(400 * 2**20), 9, mtime=0)
    office.raw["/bomb"] = sends(bomb, Content_Encoding="gzip")
    with open_connection(cache=tmp_path / "cache", tries=2, wait_s=0.001) as roomy:
        for call in (get_answer, download):
            assert "unpack to more than 200 times as much" in refused(
                lambda call=call: call(roomy, f"{office.url}/bomb")
            )
        assert left_behind(roomy) == []


@pytest.mark.parametrize("call", [get_answer, download])
def test_what_is_larger_than_the_limit_is_refused(office: Office, connection: Connection, call: Any) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(2**16))

    office.raw["/endless"] = endless
    office.raw["/packed"] = sends(
        gzip.compress(bytes(range(256)) * 2**15 + bytes(2**20), mtime=0), Content_Encoding="gzip"
    )
    for path in ("/endless", "/packed"):
        assert "is larger than 4 MB" in refused(lambda path=path: call(connection, office.url + path))
    assert left_behind(connection) == []


@pytest.mark.parametrize("call", [get_answer, download])
def test_what_unpacks_to_nothing_is_not_received_for_ever(
    office: Office, connection: Connection, call: Any
) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "deflate")
        handler.end_headers()
        handler.wfile.write(zlib.compressobj(0).flush(zlib.Z_FULL_FLUSH))
        while True:
            handler.wfile.write(b"\0\0\0\xff\xff" * 50_000)  # blocks without content

    office.raw["/nothing"] = endless
    hurried = replace(connection, limits=replace(SMALL, answer_bytes=2**19, file_bytes=2**19))
    assert "is larger than" in refused(lambda: call(hurried, f"{office.url}/nothing"))
    assert left_behind(connection) == []


def test_json_of_more_values_than_the_memory_holds_is_refused(office: Office, connection: Connection) -> None:
    office.raw["/many"] = sends(b"[" + b"[]," * 1_000 + b"[]]")
    few = replace(connection, limits=replace(SMALL, values=1_500))
    message = refused(lambda: get_json(few, f"{office.url}/many"))
    assert "2,002 values" in message
    assert "At most 1,500" in message
    assert len(get_json(connection, f"{office.url}/many")) == 1_001


@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (b"this is not gzip", "gzip", "compressed answer is damaged"),
        (gzip.compress(b"x" * 5_000, mtime=0)[:-6], "gzip", "compressed answer is incomplete"),
        (gzip.compress(b"{}", mtime=0) + b"junk", "gzip", "compressed answer is damaged"),
        (b"", "gzip", "compressed answer is incomplete"),
        (gzip.compress(b"{}", mtime=0)[:-8] + bytes(8), "x-gzip", "compressed answer is damaged"),
        (b"{}", "br", "compressed in a way that was not asked for (br)"),
        (b"{}", "gzip, gzip", "compressed in a way that was not asked for"),
        (b"{}", "zstd", "compressed in a way that was not asked for"),
    ],
)
def test_bad_compression_is_one_message(
    office: Office, connection: Connection, body: bytes, encoding: str, words: str
) -> None:
    office.raw["/bad"] = sends(body, Content_Encoding=encoding)
    assert words in refused(lambda: get_answer(connection, f"{office.url}/bad"))
    assert words in refused(lambda: download(connection, f"{office.url}/bad"))


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"[1,2]", mtime=0), "gzip"),
        (gzip.compress(b"[1,", mtime=0) + gzip.compress(b"2]", mtime=0), "gzip"),
        (zlib.compress(b"[1,2]"), "deflate"),
        (b"[1,2]", "identity"),
    ],
)
def test_good_compression_is_read(office: Office, connection: Connection, body: bytes, encoding: str) -> None:
    office.raw["/good"] = sends(body, Content_Encoding=encoding)
    assert get_json(connection, f"{office.url}/good") == [1, 2]
    assert download(connection, f"{office.url}/good?again").read() == b"[1,2]"


@pytest.mark.slow
def test_a_zip_that_unpacks_to_too_much_is_refused(office: Office, connection: Connection) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", bytes(250 * 2**20))
    office.files["/bomb.zip"] = packed.getvalue()
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}.csv", b"")
    office.files["/many.zip"] = many.getvalue()
    assert "1 files that unpack to 0.2 GB" in refused(
        lambda: fetch_file(connection, source(f"{office.url}/bomb.zip"))
    )
    assert "10,001 files" in refused(lambda: fetch_file(connection, source(f"{office.url}/many.zip")))


# --- time


def drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(200):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def drip_packed(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.end_headers()
    for byte in gzip.compress(bytes(range(256)) * 40, 0)[:200]:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.05)


@pytest.mark.parametrize("drip", [drip_body, drip_headers, drip_packed])
@pytest.mark.parametrize("call", [get_answer, download])
def test_a_slow_server_is_left_in_the_end(
    office: Office, connection: Connection, drip: Answer, call: Any
) -> None:
    office.raw["/slow"] = drip
    hurried = replace(connection, limits=SOON)
    assert "was too slow: it was stopped after 1 seconds" in refused(
        lambda: call(hurried, f"{office.url}/slow")
    )
    office.files["/quick"] = b"here"
    assert get_answer(connection, f"{office.url}/quick").read() == b"here"


@pytest.mark.parametrize(
    ("text", "wait"),
    [*((text, None) for text in ("-5", "1e999", "nan", "inf", "", "  ", "soon", "Thu, 99 Foo 2026 00:00:00 GMT", "0x10", "1_0", "１２", "1.5")),
     ("Mon, 01 Jan 0001 00:00:00 GMT", 0.0), ("9" * 400, 9.0), ("Fri, 31 Dec 9999 23:59:59 GMT", 9.0), ("7", 7.0)],
)  # fmt: skip
def test_a_strange_retry_after_never_waits_long(
    office: Office, connection: Connection, monkeypatch: pytest.MonkeyPatch, text: str, wait: float | None
) -> None:
    asked = asked_wait(text)
    assert (asked is None) == (wait is None)
    waited: list[float] = []
    monkeypatch.setattr(connection_module.time, "sleep", waited.append)
    office.raw["/later"] = sends(b"", status=429, Retry_After=text.encode().decode("latin-1"))
    refused(lambda: get_answer(replace(connection, longest_wait_s=9.0), f"{office.url}/later"))
    assert waited == [pytest.approx(connection.wait_s if wait is None else wait)]


# --- redirects


@pytest.mark.slow
@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://evil.example/f.csv", "redirects to another host: 'evil.example'"),
        ("https://api.os.uk.evil.example/f.csv", "redirects to another host"),
        ("https://user:pass@evil.example/", "redirects to another host"),
        ("https://api.os.uk:8443/f.csv", "redirects to another host: 'api.os.uk:8443'"),
        ("http://api.os.uk/f.csv", "redirects to an address without https"),
        ("http://169.254.169.254/latest/meta-data", "redirects to an address without https"),
        ("http://127.0.0.1:1/f.csv", "redirects to an address without https"),
        ("file:///etc/passwd", "redirects to an address without https"),
        ("ftp://127.0.0.1/f.csv", "redirects to an address without https"),
        ("/round", "redirects more than 5 times"),
        ("https://[bad/", "redirects to another host"),
        ("https://\x01/", "Invalid"),
        ("https://boss@api.os.uk/f.csv", "redirects to an address with a user name"),
        ("https://API.OS.UK./f.csv", "redirects to another host: 'api.os.uk.'"),
        ("https://2130706433/f.csv", "redirects to another host"),
        ("https://api.os.uk\\@evil.example/", "redirects to another host"),
    ],
)
@pytest.mark.parametrize("call", [get_answer, download])
def test_redirects_that_are_not_followed(
    office: Office, connection: Connection, location: str, words: str, call: Any
) -> None:
    office.raw["/round"] = sends(b"", status=302, Location=location)
    assert words in refused(lambda: call(connection, f"{office.url}/round"))
    assert left_behind(connection) == []


def test_redirects_that_are_followed(office: Office, connection: Connection) -> None:
    office.files["/there"] = b"here it is"
    office.raw["/from"] = sends(b"moved", status=307, Location="/there")
    assert get_answer(connection, f"{office.url}/from").read() == b"here it is"
    assert download(connection, f"{office.url}/from?2").read() == b"here it is"
    hosts = frozenset(known_hosts(read_sources()))
    here = httpx.URL("https://api.os.uk/downloads?x")
    for there in (
        "https://omseprd1stdstordownload.blob.core.windows.net/a.zip?sig=1",
        "https://stg-arcgisazurecdataprod1.az.arcgis.com/exportfiles-1/a.csv",
        "https://www.gov.uk/a" if "www.gov.uk" in hosts else "https://www.ons.gov.uk/a",
        "https://api.os.uk/elsewhere",
    ):
        _check_redirect(hosts, here, httpx.URL(there))
    for there in (
        "https://azarcgis.com/",
        "https://blob.core.windows.net/",
        "https://az.arcgis.com.evil.example/",
    ):
        with pytest.raises(FetchError):
            _check_redirect(hosts, here, httpx.URL(there))
    assert "answered 302" in refused(lambda: _no_location(office, connection))


def _no_location(office: Office, connection: Connection) -> None:
    office.raw["/nowhere"] = sends(b"", status=302)
    get_answer(connection, f"{office.url}/nowhere")


# --- answers that are not what the protocol says

LAYER = {"fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID"}, {"name": "CD"}], "maxRecordCount": 2}
COUNT = {"count": 3}
ROW = {"type": "Feature", "properties": {"OBJECTID": 1, "CD": "E1"}, "geometry": None}
DEEP: Any = "[" * 100_000
ODD: list[Any] = [
    None, True, 7, "text", [], [[]], {}, {"error": "text"}, {"error": {"code": [1], "message": {}, "details": "x"}},
    {"error": {"code": 400, "details": None}}, {"error": {"message": "\x1b[31mred\n" * 300}}, {"error": [None]}, DEEP,
    "\ud800",
]  # fmt: skip
LAYERS: list[Any] = [
    *ODD, {"fields": None}, {"fields": {}}, {"fields": "CD"}, {"fields": [None, 3, {"name": None}]},
    {"fields": [{"name": ["CD"]}]},
]  # fmt: skip
COUNTS: list[Any] = [
    *ODD, {"count": None}, {"count": "many"}, {"count": -1}, {"count": 10**12}, {"count": 1e308}, {"count": True},
    {"count": [3]}, {"count": float("nan")}, {"count": 2.5}, {"count": "9" * 30},
]  # fmt: skip
PAGES: list[Any] = [
    *ODD, {"features": None}, {"features": {}}, {"features": "x"}, {"features": [None]}, {"features": [[1]]},
    {"features": [{}]}, {"features": [{"properties": None}]}, {"features": [{"properties": [1]}]},
    {"features": [{"properties": {"OBJECTID": 1}}] * 3}, {"features": [ROW] * 3}, {"features": [ROW] * 9},
    {"features": [{"properties": {"OBJECTID": n, "CD": {"a": 1}}} for n in range(3)]},
    {"features": [{"properties": {"OBJECTID": [n], "CD": None}} for n in (1, 1, 2)]}, {"features": []},
    {"features": [{"properties": {"CD": "E1"}}] * 3},
]  # fmt: skip


def as_bytes(answer: Any) -> bytes:
    return answer.encode() if answer is DEEP else json.dumps(answer).encode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layer", "count", "page"),
    [
        *((each, COUNT, {"features": []}) for each in LAYERS),
        *((LAYER, each, {"features": []}) for each in COUNTS),
        *((LAYER, COUNT, each) for each in PAGES),
    ],
    ids=lambda each: "",
)
@pytest.mark.parametrize("geometry", [True, False])
def test_no_answer_of_an_arcgis_service_is_a_traceback(
    office: Office, connection: Connection, layer: Any, count: Any, page: Any, geometry: bool
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if "/query" not in handler.path:
            sends(as_bytes(layer))(handler)
        else:
            sends(as_bytes(count if "returnCountOnly" in handler.path else page))(handler)

    office.raw["/arcgis/odd"] = answer
    message = refused(
        lambda: fetch_features(connection, source(f"{office.url}/arcgis/odd", "CD"), geometry=geometry)
    )
    assert "in the row 'the_row' of data/tables/sources.csv" in message


SHAPES: list[Any] = [
    "x", 5, [], {}, {"type": "Star", "coordinates": []}, {"type": ["Point"], "coordinates": [0, 51]},
    *({"type": "Point", "coordinates": each} for each in (None, "x", [], [1], [1, "2"], [1, None], [[0, 51]], [1, 10**400])),
    *({"type": "Polygon", "coordinates": each} for each in ("x", [0, 51], [[[0, 51], [1]]], [[[[0, 51]]]], [[["0", "51"]]])),
    {"type": "MultiPolygon", "coordinates": json.loads("[" * 500 + "]" * 500)},
]  # fmt: skip


def test_shapes_that_cannot_be_read_are_refused(office: Office, connection: Connection) -> None:
    for shape in SHAPES:
        assert not _is_shape(shape), shape
    for shape in (None, {"type": "Polygon", "coordinates": [[[0, 51], [1, 51.5], [0, 51]]]}):
        assert _is_shape(shape)
    office.layers["odd"] = features(2)
    office.layers["odd"][1]["geometry"] = SHAPES[0]
    row = source(f"{office.url}/arcgis/odd", "LSOA21CD")
    assert "shape that cannot be read" in refused(lambda: fetch_features(connection, row))


@pytest.mark.parametrize("body", [b'{"a": NaN}', b'{"a": [-Infinity]}', b'{"a": 1e400}', b'{"a": -1.5E+999}'])
def test_json_with_numbers_that_are_none_is_refused(
    office: Office, connection: Connection, body: bytes
) -> None:
    office.raw["/odd"] = sends(body)
    assert "is not a number" in refused(lambda: get_json(connection, f"{office.url}/odd"))
    office.raw["/fair"] = sends(b'{"a": 1e300, "b": "1e400", "c": "0e999x"}')
    assert get_json(connection, f"{office.url}/fair") == {"a": 1e300, "b": "1e400", "c": "0e999x"}


@pytest.mark.parametrize("status", [201, 202, 204, 206, 207, 299, 304])
@pytest.mark.parametrize("call", [get_answer, download])
def test_an_answer_that_is_not_whole_is_not_used(
    office: Office, connection: Connection, call: Any, status: int
) -> None:
    body = b"" if status in (204, 304) else b"a,b\n1,2\n"
    office.raw["/part"] = sends(body, status=status, Content_Range=f"bytes 0-{len(body)}/9000")
    refused(lambda: call(connection, f"{office.url}/part"))
    assert left_behind(connection) == []


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/f.xlsx", b"", "an empty file came"),
        ("/f.csv", b"", "an empty file came"),
        ("/f.xlsx", b"Access denied", "not a file of the kind .xlsx"),
        ("/f.zip", b'{"error": "not found"}', "not a file of the kind .zip"),
        ("/f.osm.pbf", b"Too many requests", "not a file of the kind .osm.pbf"),
        ("/f.csv", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "a web page came"),
        ("/f", b"\xef\xbb\xbf<!doctype html><p>Log in", "a web page came"),
        ("/f", "\ufeff<html>Log in".encode("utf-16-le"), "a web page came"),
        ("/f", b"<!-- " + b"x" * 5_000 + b"--><HTML>", "a web page came"),
        ("/f.zip", b"PK\x05\x06" + bytes(18), "damaged (it has no files)"),
    ],
)
def test_what_is_not_the_file_is_refused(
    office: Office, connection: Connection, path: str, body: bytes, words: str
) -> None:
    office.raw[path] = sends(body)
    assert words in refused(lambda: fetch_file(connection, source(f"{office.url}{path}?download=1")))
    assert not [name for name in left_behind(connection) if name.endswith(".body")]


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("place", [60, 200, -8, -30])
def test_no_damaged_zip_is_a_traceback(
    office: Office, connection: Connection, method: int, place: int
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a.csv", bytes(range(256)) * 40 + b"".join(b"%d\n" % (n * n) for n in range(200)))
    content = bytearray(packed.getvalue())
    for at in range(place, place + 4):
        content[at] = 0xFF
    office.files["/f.zip"] = bytes(content)
    try:
        fetch_file(connection, source(f"{office.url}/f.zip"))
    except FetchError as error:
        assert "zip" in str(error)


def test_a_service_that_pages_for_ever_is_left(office: Office, connection: Connection) -> None:
    numbers = iter(range(10**9))

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if "/query" not in handler.path:
            sends(json.dumps(LAYER).encode())(handler)
        elif "returnCountOnly" in handler.path:
            sends(b'{"count": 40000}')(handler)
        else:
            row = {**ROW, "properties": {"OBJECTID": next(numbers), "CD": "E1"}}
            sends(json.dumps({"features": [row]}).encode())(handler)

    office.raw["/arcgis/ever"] = answer
    call = lambda: fetch_features(connection, source(f"{office.url}/arcgis/ever", "CD"))  # noqa: E731
    assert "sent only 20 rows in 20 pages" in refused(call)


def test_many_slow_pages_end_with_the_time_of_the_source(office: Office, connection: Connection) -> None:
    office.layers["lsoa"] = features(20)
    office.most_rows = 1

    def slowly(handler: Any) -> None:
        time.sleep(0.4)
        handler.answer_honestly()

    office.raw["/arcgis/lsoa"] = slowly
    assert "was too slow" in refused(
        lambda: fetch_features(
            replace(connection, limits=replace(SMALL, source_s=1.0)),
            source(f"{office.url}/arcgis/lsoa", "LSOA21CD"),
        )
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "table",
    [
        b"", b"\n", b"\xff\xfe\x00", b"OBS_VALUE\n1\n", b"OBS_VALUE,RECORD_COUNT\n1\n", b"OBS_VALUE,RECORD_COUNT\n1,many\n",
        b"OBS_VALUE,RECORD_COUNT\n1,1000000000000\n", b"OBS_VALUE,RECORD_COUNT\n1,-1\n", b"OBS_VALUE,RECORD_COUNT\n1,2,3\n",
        b"OBS_VALUE,RECORD_COUNT\n1,2\n", b'OBS_VALUE,RECORD_COUNT\n"1,2\n', b"OBS_VALUE,RECORD_COUNT\n" + b"x" * 200_000 + b",1\n",
        b"OBS_VALUE,RECORD_COUNT\n\xff,1\n", b"OBS_VALUE,RECORD_COUNT\n",
    ],
    ids=lambda each: "",
)  # fmt: skip
def test_no_answer_of_nomis_is_a_traceback(office: Office, connection: Connection, table: bytes) -> None:
    office.raw["/nomis/odd"] = sends(table)
    row = source(f"{office.url}/nomis/odd?geography={{area}}TYPE151", "OBS_VALUE")
    assert "in the row 'the_row'" in refused(lambda: fetch_nomis(connection, row, codes=["E06000051"]))


def test_an_address_of_nomis_without_a_place_for_the_codes(office: Office, connection: Connection) -> None:
    refused(lambda: fetch_nomis(connection, source(f"{office.url}/nomis/odd"), codes=["E06000051"]))


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer", [*ODD, {"elements": None}, {"elements": {}}, {"elements": [1]}], ids=lambda each: ""
)
def test_no_answer_of_overpass_is_a_traceback(office: Office, connection: Connection, answer: Any) -> None:
    office.raw["/overpass"] = sends(as_bytes(answer))
    row = source(f"{office.url}/overpass", query="amenity=library")
    assert "in the row 'the_row'" in refused(
        lambda: fetch_overpass(connection, row, box=(50.0, -5.5, 51.0, -4.5))
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": "Ã©\x80", "Cache-Control": "max-age=0"},
        {"ETag": "x" * 5_000, "Cache-Control": "no-cache"},
        {"Last-Modified": "never", "Expires": "Mon, 01 Jan 0001 00:00:00 GMT"},
        {"Expires": "Fri, 99 Dec 99999 99:99:99 GMT"},
        {"Cache-Control": "max-age=" + "9" * 500},
        {"Content-Disposition": 'attachment; filename="../../x"'},
    ],
    ids=lambda each: "",
)
def test_strange_headers_do_no_harm(office: Office, connection: Connection, headers: dict[str, str]) -> None:
    office.files["/f.csv"] = b"a,b\n1,2\n"
    office.headers = headers
    for call in (get_answer, download):
        for _ in range(2):
            kept = call(connection, f"{office.url}/f.csv")
            assert kept.read() == b"a,b\n1,2\n"
            assert kept.until <= time.time() + 31 * 86_400


@pytest.mark.parametrize(
    "part", ["bytes 0-9/20", "bytes 999999999999999999999-2/3", "bytes x-y/z", "", "bytes 5-4/0"]
)
def test_a_part_that_does_not_fit_is_never_joined(office: Office, connection: Connection, part: str) -> None:
    office.files["/big"] = bytes(range(256)) * 100
    office.headers = {"ETag": '"one"'}
    office.faults["cut"] = 2
    with pytest.raises(FetchError):
        download(connection, f"{office.url}/big")
    office.raw["/big"] = sends(b"another part", status=206, Content_Range=part)
    with pytest.raises(FetchError):
        download(connection, f"{office.url}/big")
    office.raw.clear()
    assert download(connection, f"{office.url}/big").read() == office.files["/big"]


@pytest.mark.parametrize(
    ("whole", "headers"),
    [
        ("25600", {"ETag": '"two"'}),
        ("25600", {"Last-Modified": "Tue, 02 Jan 2024 00:00:00 GMT"}),
        ("25600", {"Content-Encoding": "gzip"}),
        ("12810", {}),
        ("99999", {}),
        ("*", {}),
    ],
    ids=lambda each: "",
)
def test_a_part_of_another_edition_is_never_joined(
    office: Office, connection: Connection, whole: str, headers: dict[str, str]
) -> None:
    office.files["/big"] = bytes(range(256)) * 100
    office.headers = {"ETag": '"one"', "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}
    office.faults["cut"] = 2
    with pytest.raises(FetchError):
        download(connection, f"{office.url}/big")
    size = connection.store.partial(f"GET {office.url}/big ").size
    assert size > 0

    def another(handler: BaseHTTPRequestHandler) -> None:
        body = bytes(25_600 - size) if headers else bytes(10)
        sends(body, status=206, Content_Range=f"bytes {size}-{size + len(body) - 1}/{whole}", **headers)(
            handler
        )

    office.raw["/big"] = another
    refused(lambda: download(connection, f"{office.url}/big"))
    office.raw.clear()
    assert download(connection, f"{office.url}/big").read() == office.files["/big"]


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "https://", "https://[::1", "http://127.0.0.1:99999/", "https://\x00/", "//x", "javascript:alert(1)",
     "https://exa mple.org/\ud800", "http://" + "a" * 300 + ".example/"],
)  # fmt: skip
def test_what_is_not_an_address_is_one_message(connection: Connection, address: str) -> None:
    for call in (get_answer, download):
        with pytest.raises(FetchError) as caught:
            call(connection, address)
        assert "\n" not in str(caught.value)
