"""Fetching, end to end against a server on this machine that speaks as the offices do, faults included."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import assetmap as am
from assetmap.errors import FetchError
from assetmap.fetch.arcgis import fetch_features
from assetmap.fetch.asking import download, get_answer
from assetmap.fetch.connection import Connection, open_connection
from assetmap.fetch.downloads import fetch_file, fetch_nomis, fetch_overpass
from assetmap.fetch.sources import Source, find_source, known_hosts, read_sources
from office import Office, open_office


@pytest.fixture
def office() -> Iterator[Office]:
    with open_office() as running:
        yield running


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with open_connection(cache=tmp_path / "cache", tries=3, wait_s=0.001, timeout_s=5) as opened:
        yield opened


def source(address: str, *columns: str, query: str = "") -> Source:
    return Source(
        "the_row",
        "The title",
        "The office",
        "https://office.example/page",
        "",
        "",
        address,
        "",
        query,
        columns,
        "2026-09-27",
    )


def features(count: int, code: str = "LSOA21CD") -> list[dict[str, object]]:
    return [
        {
            "type": "Feature",
            "properties": {"OBJECTID": row + 1, code: f"E{row:08d}", "LAD": "E06" if row % 2 else "E07"},
            "geometry": {"type": "Point", "coordinates": [0, row]},
        }
        for row in range(count)
    ]


def test_every_page_of_a_layer(office: Office, connection: Connection) -> None:
    office.layers["lsoa"] = features(4_500)
    seen: list[tuple[int, int | None]] = []
    found = fetch_features(
        connection, source(f"{office.url}/arcgis/lsoa", "LSOA21CD"), progress=lambda *done: seen.append(done)
    )
    assert [row["properties"]["LSOA21CD"] for row in found] == [f"E{row:08d}" for row in range(4_500)]
    assert seen == [(2_000, 4_500), (4_000, 4_500), (4_500, 4_500)]
    assert len(office.asked) == 5


@pytest.mark.parametrize("most_rows", [1, 7, 1_000])
def test_a_server_that_sends_fewer_rows_than_asked_loses_none(
    office: Office, connection: Connection, most_rows: int
) -> None:
    office.layers["lsoa"] = features(20)
    office.most_rows = most_rows
    office.faults["fewer rows"] = 2
    found = fetch_features(connection, source(f"{office.url}/arcgis/lsoa", "LSOA21CD"))
    assert sorted(row["properties"]["OBJECTID"] for row in found) == list(range(1, 21))


def test_attributes_and_conditions(office: Office, connection: Connection) -> None:
    office.layers["lookup"] = features(9)
    rows = fetch_features(
        connection,
        source(f"{office.url}/arcgis/lookup"),
        where="LAD='E06'",
        geometry=False,
        box=(0.4, 1, 2.2, 3),
    )
    assert [row["OBJECTID"] for row in rows] == [2, 4, 6, 8]
    assert "geometry=0%2C1%2C3%2C3&geometryType=esriGeometryEnvelope&inSR=27700" in office.asked[-1]


@pytest.mark.parametrize("fault", ["429", "503", "hang up", "error in 200", "cut json"])
def test_faults_that_pass_are_waited_out(office: Office, connection: Connection, fault: str) -> None:
    office.layers["lsoa"] = features(3)
    office.faults[fault] = 2
    assert len(fetch_features(connection, source(f"{office.url}/arcgis/lsoa"))) == 3
    assert office.faults[fault] == 0


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("429", r"tried 3 times\): it answered 429"),
        ("hang up", r"tried 3 times\): Server disconnected"),
        ("error in 200", r"error 503: Service temporarily unavailable"),
        ("cut json", r"tried 3 times\): peer closed connection"),
        ("block page", r"a web page instead of data. It may be the block page of a proxy"),
        ("no rows", r"sent 0 of 3 rows and then none"),
    ],
)
def test_faults_that_stay_name_the_row_and_keep_nothing(
    office: Office, connection: Connection, fault: str, message: str
) -> None:
    office.layers["lsoa"] = features(3)
    office.faults[fault] = 99
    with pytest.raises(FetchError, match=message) as caught:
        fetch_features(connection, source(f"{office.url}/arcgis/lsoa"))
    assert "in the row 'the_row' of data/tables/sources.csv (last seen working 2026-09-27)" in str(
        caught.value
    )
    assert "save the file by hand" in str(caught.value)
    office.faults.clear()
    if fault != "no rows":
        assert len(fetch_features(connection, source(f"{office.url}/arcgis/lsoa"))) == 3


def test_a_changed_column_names_the_row_to_edit(office: Office, connection: Connection) -> None:
    office.layers["lsoa"] = features(3, code="LSOA31CD")
    with pytest.raises(FetchError, match="has no column 'LSOA21CD'; it has 'OBJECTID', 'LSOA31CD'") as caught:
        fetch_features(connection, source(f"{office.url}/arcgis/lsoa", "LSOA21CD"))
    assert "the row 'the_row'" in str(caught.value)
    assert "https://office.example/page" in str(caught.value)


def test_a_layer_that_is_gone(office: Office, connection: Connection) -> None:
    with pytest.raises(FetchError, match="error 400: Invalid URL; Invalid URL"):
        fetch_features(connection, source(f"{office.url}/arcgis/none"))


def test_what_was_fetched_once_is_not_asked_for_again(office: Office, connection: Connection) -> None:
    office.layers["lsoa"] = features(30)
    first = fetch_features(connection, source(f"{office.url}/arcgis/lsoa"))
    asked = len(office.asked)
    assert fetch_features(connection, source(f"{office.url}/arcgis/lsoa")) == first
    assert len(office.asked) == asked


def test_offline_uses_the_cache_and_nothing_else(
    office: Office, connection: Connection, tmp_path: Path
) -> None:
    office.layers["lsoa"] = features(3)
    fetch_features(connection, source(f"{office.url}/arcgis/lsoa"))
    asked = len(office.asked)
    with open_connection(cache=tmp_path / "cache", offline=True) as offline:
        assert len(fetch_features(offline, source(f"{office.url}/arcgis/lsoa"))) == 3
        with pytest.raises(FetchError, match="has never been downloaded on this computer"):
            download(offline, f"{office.url}/other.csv")
    assert len(office.asked) == asked


def test_a_cut_download_is_continued_where_it_ended(office: Office, connection: Connection) -> None:
    office.files["/big.bin"] = bytes(range(256)) * 8_000
    office.headers = {"ETag": '"one"'}
    office.faults["cut"] = 2
    seen: list[tuple[int, int | None]] = []
    kept = download(connection, f"{office.url}/big.bin", progress=lambda *done: seen.append(done))
    assert kept.read() == office.files["/big.bin"]
    half = len(office.files["/big.bin"]) // 2
    assert office.asked == ["/big.bin", f"/big.bin bytes={half}-", f"/big.bin bytes={half + half // 2}-"]
    assert seen[-1] == (2 * half, 2 * half)


def test_a_download_is_continued_by_the_next_run(office: Office, tmp_path: Path) -> None:
    office.files["/big.bin"] = bytes(range(256)) * 1_000
    office.headers = {"ETag": '"one"'}
    office.faults["cut"] = 1
    with (
        open_connection(cache=tmp_path / "cache", tries=1) as first,
        pytest.raises(FetchError, match="tried once"),
    ):
        download(first, f"{office.url}/big.bin")
    with open_connection(cache=tmp_path / "cache", tries=1) as second:
        assert download(second, f"{office.url}/big.bin").read() == office.files["/big.bin"]
    assert office.asked == ["/big.bin", "/big.bin bytes=128000-"]


def test_two_editions_are_never_joined(office: Office, connection: Connection) -> None:
    office.files["/big.bin"] = b"a" * 1_000
    office.headers = {"ETag": '"one"'}
    office.faults["cut"] = 99
    with pytest.raises(FetchError, match="tried 3 times"):
        download(connection, f"{office.url}/big.bin")
    office.faults.clear()
    office.files["/big.bin"] = b"b" * 1_000
    office.headers = {"ETag": '"two"'}
    assert download(connection, f"{office.url}/big.bin").read() == b"b" * 1_000


@pytest.mark.parametrize(
    "headers",
    [{"ETag": '"one"', "Cache-Control": "no-cache"}, {"ETag": '"one"', "Cache-Control": "max-age=0"}],
)
def test_a_stale_answer_is_asked_about_not_fetched_again(
    office: Office, connection: Connection, headers: dict[str, str]
) -> None:
    office.files["/f.csv"] = b"a,b\n1,2\n"
    office.headers = headers
    first = download(connection, f"{office.url}/f.csv")
    office.files["/f.csv"] = b"the server would say 304 and never send this"
    assert download(connection, f"{office.url}/f.csv").read() == first.read() == b"a,b\n1,2\n"
    assert len(office.asked) == 2


def test_a_damaged_cache_is_fetched_again(office: Office, connection: Connection) -> None:
    office.files["/f.csv"] = b"a,b\n1,2\n"
    download(connection, f"{office.url}/f.csv").path.write_bytes(b"a,b\n1,3\n")
    assert download(connection, f"{office.url}/f.csv").read() == b"a,b\n1,2\n"


def test_a_file_by_its_link(office: Office, connection: Connection) -> None:
    office.files["/f.csv"] = b"\xef\xbb\xbfLSOA code (2021),Rank\nE1,1\n"
    kept = fetch_file(connection, source(f"{office.url}/f.csv", "LSOA code (2021)"))
    assert kept.sha256 == hashlib.sha256(office.files["/f.csv"]).hexdigest()
    with pytest.raises(FetchError, match="has no column 'IMD'; it has 'LSOA code"):
        fetch_file(connection, source(f"{office.url}/f.csv", "IMD"))
    with pytest.raises(FetchError, match="answered 404 Not Found.*the row 'the_row'"):
        fetch_file(connection, source(f"{office.url}/gone.csv"))
    office.faults["block page"] = 1
    office.files["/new.csv"] = b"x\n"
    with pytest.raises(FetchError, match="a web page came instead of the file"):
        fetch_file(connection, source(f"{office.url}/new.csv"))
    assert fetch_file(connection, source(f"{office.url}/new.csv", "x")).read() == b"x\n"


def test_a_damaged_zip_is_refused(office: Office, connection: Connection) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("Data/a.csv", "1,2\n" * 50)
    office.files["/good.zip"] = whole.getvalue()
    office.files["/bad.zip"] = whole.getvalue().replace(b"1,2\n1,2\n", b"9,9\n9,9\n", 1)
    assert fetch_file(connection, source(f"{office.url}/good.zip")).size == len(whole.getvalue())
    with pytest.raises(FetchError, match=r"zip file that came is damaged \(Data/a.csv\)"):
        fetch_file(connection, source(f"{office.url}/bad.zip"))


def test_every_page_of_nomis(office: Office, connection: Connection) -> None:
    office.tables["NM_1.data.csv"] = [
        {"GEOGRAPHY_CODE": f"E{row:08d}", "OBS_VALUE": row} for row in range(25)
    ]
    office.most_rows = 10
    nomis = source(f"{office.url}/nomis/NM_1.data.csv?geography={{area}}TYPE151&date=latest", "OBS_VALUE")
    text = fetch_nomis(connection, nomis, codes=["E06000051", "E06000020"])
    assert text.splitlines()[0] == "GEOGRAPHY_CODE,OBS_VALUE,RECORD_COUNT"
    assert [line.split(",")[1] for line in text.splitlines()[1:]] == [str(row) for row in range(25)]
    assert len(office.asked) == 3
    assert "geography=E06000051TYPE151%2CE06000020TYPE151&date=latest" in office.asked[0]
    with pytest.raises(FetchError, match="the table has no column 'VALUE'"):
        fetch_nomis(connection, source(nomis.address, "VALUE"), codes=["E06000051"])


def test_overpass_asks_for_tags_in_a_box(office: Office, connection: Connection) -> None:
    office.elements = [{"type": "node", "id": 1, "lat": 50, "lon": -5, "tags": {"amenity": "library"}}]
    office.faults["out of time"] = 1
    overpass = source(f"{office.url}/overpass", query="amenity=library|building=village_hall")
    answer = fetch_overpass(connection, overpass, box=(50.0, -5.5, 51.0, -4.5))
    assert answer["elements"] == office.elements
    assert (
        "nwr%5B%22building%22%3D%22village_hall%22%5D%2850.00000%2C-5.50000%2C51.00000%2C-4.50000%29"
        in office.asked[0]
    )
    office.faults["out of time"] = 99
    with pytest.raises(FetchError, match="Overpass says: runtime error: Query timed out"):
        fetch_overpass(connection, overpass, box=(50.0, -5.5, 51.0, -4.6))


def test_nobody_is_there(connection: Connection) -> None:
    with open_office() as gone:
        address = gone.url
    with pytest.raises(FetchError, match=r"tried 3 times\).*set HTTPS_PROXY to the proxy"):
        get_answer(connection, f"{address}/x")
    with pytest.raises(FetchError, match="is not a valid address"):
        get_answer(connection, "ftp://127.0.0.1/x")


def test_the_proxy_of_the_environment_is_used(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", office.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    office.files["/f.csv"] = b"through the proxy"
    with open_connection(cache=tmp_path / "cache", tries=1) as proxied:
        assert get_answer(proxied, "http://elsewhere.example/f.csv").read() == b"through the proxy"
    assert office.asked == ["http://elsewhere.example/f.csv"]


def test_rows_of_your_own_replace_those_with_the_same_id() -> None:
    own = pd.DataFrame(
        {
            "source_id": ["iod2025", "mine"],
            "address": ["https://new.example/f7.csv", "https://m.example/a"],
            "redirects": ["", "files.m.example"],
        }
    )
    sources = read_sources(own)
    assert sources["iod2025"].address == "https://new.example/f7.csv"
    assert sources["iod2025"].title.startswith("English Indices of Deprivation 2025")
    assert sources["mine"].address == "https://m.example/a"
    assert {"new.example", "m.example", "files.m.example", "api.os.uk"} <= known_hosts(sources)
    with pytest.raises(am.InputError, match="has no column 'source_id'; it has 'id', 'address'"):
        read_sources(pd.DataFrame(columns=["id", "address"]))
    with pytest.raises(am.InputError, match="more than one row for 'mine'"):
        read_sources(own.assign(source_id="mine"))


def test_a_source_without_address_says_where_to_save_it_from() -> None:
    sources = read_sources()
    with pytest.raises(am.InputError, match="Save it by hand from https://"):
        find_source(sources, "ons_onspd")
    with pytest.raises(
        am.InputError, match="There is no source 'iod2030'. Use one of: 'ons_lsoa21_boundaries'"
    ):
        find_source(sources, "iod2030")


@pytest.mark.parametrize("row", read_sources().values(), ids=list(read_sources()))
def test_each_row_of_sources_is_whole(row: Source) -> None:
    if row.address:
        assert row.address.startswith("https://")
        assert row.protocol in ("arcgis", "nomis", "download", "overpass")
        assert row.page.startswith("https://")
        assert row.licence
        assert row.columns or row.source_id == "osm_extract"  # no table
        assert row.last_seen == "unknown" or row.last_seen[:3] == "202"
        assert ("{area}" in row.address) == (row.protocol == "nomis")
        assert bool(row.query) == (row.protocol == "overpass")
    assert row.title
