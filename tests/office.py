"""An office on 127.0.0.1: a small server that speaks as ArcGIS, Nomis, Overpass and file hosts do.

Faults are asked for by name and wear off: a 429, a cut connection, an error inside a 200, fewer rows than
asked for, a changed column. The server stops by itself with the test.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Office:
    """What the server holds, what it should do wrong, and what it was asked."""

    layers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    elements: list[dict[str, Any]] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    most_rows: int = 2000
    url: str = ""
    raw: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    """Paths that are answered by a function of the test, with nothing added: for what no honest server sends."""

    def due(self, fault: str) -> bool:
        """Return whether a fault is due, and count it down."""
        if self.faults[fault] > 0:
            self.faults[fault] -= 1
            return True
        return False


class _Handler(BaseHTTPRequestHandler):
    office: Office
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer(self.path)

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["content-length"])).decode()
        self._answer(f"{self.path}?{form}")

    def _answer(self, path: str) -> None:
        office = self.office
        office.asked.append(path + (f" {self.headers['range']}" if self.headers["range"] else ""))
        hostile = next((answer for start, answer in office.raw.items() if path.startswith(start)), None)
        if hostile is not None:
            self.close_connection = True
            with contextlib.suppress(OSError):  # the client hangs up, as it should
                hostile(self)
        elif office.due("429"):
            self._send(b"slow down", status=429, extra={"Retry-After": "0"})
        elif office.due("503"):
            self._send(b"busy", status=503)
        elif office.due("hang up"):
            self.close_connection = True
        elif office.due("block page"):
            self._send(b"<!DOCTYPE html><html>Blocked by policy</html>", kind="text/html")
        else:
            parts = urlsplit(path)
            query = {
                name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()
            }
            if parts.path.startswith("/arcgis/"):
                self._arcgis(parts.path, query)
            elif parts.path.startswith("/nomis/"):
                self._nomis(parts.path, query)
            elif parts.path == "/overpass":
                self._overpass()
            else:
                self._file(parts.path)

    def answer_honestly(self) -> None:
        """Answer a request for a layer as if the path were not among ``raw``."""
        parts = urlsplit(self.path)
        self._arcgis(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})

    def _arcgis(self, path: str, query: dict[str, str]) -> None:
        office = self.office
        name = path.split("/")[2]
        rows = office.layers.get(name)
        if office.due("error in 200"):
            return self._json(
                {"error": {"code": 503, "message": "Service temporarily unavailable", "details": []}}
            )
        if rows is None:
            return self._json({"error": {"code": 400, "message": "Invalid URL", "details": ["Invalid URL"]}})
        if not path.endswith("/query"):
            names = list(rows[0]["properties"]) if rows else ["OBJECTID"]
            fields = [
                {"name": n, "type": "esriFieldTypeOID" if n == "OBJECTID" else "esriFieldTypeString"}
                for n in names
            ]
            return self._json(
                {"fields": fields, "objectIdField": "OBJECTID", "maxRecordCount": office.most_rows}
            )
        chosen = [row for row in rows if _fits(row["properties"], query["where"])]
        if "returnCountOnly" in query:
            return self._json({"count": len(chosen)})
        start = int(query["resultOffset"])
        size = min(int(query["resultRecordCount"]), office.most_rows)
        if office.due("fewer rows"):
            size = max(size // 2, 1)
        page = [] if office.due("no rows") else chosen[start : start + size]
        if query["f"] == "geojson":
            return self._json({"type": "FeatureCollection", "features": page})
        return self._json({"features": [{"attributes": row["properties"]} for row in page]})

    def _nomis(self, path: str, query: dict[str, str]) -> None:
        rows = self.office.tables[path.split("/")[2]]
        start, size = int(query["RecordOffset"]), min(int(query["RecordLimit"]), self.office.most_rows)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([*rows[0], "RECORD_COUNT"])
        writer.writerows([*row.values(), len(rows)] for row in rows[start : start + size])
        self._send(out.getvalue().encode(), kind="text/csv")

    def _overpass(self) -> None:
        answer: dict[str, Any] = {
            "version": 0.6,
            "generator": "Overpass API",
            "osm3s": {},
            "elements": self.office.elements,
        }
        if self.office.due("out of time"):
            answer = {**answer, "elements": [], "remark": 'runtime error: Query timed out in "query"'}
        self._json(answer)

    def _file(self, path: str) -> None:
        office = self.office
        body = office.files.get(path)
        known = office.headers.get("ETag")
        if body is None or (known and self.headers["if-none-match"] == known):
            self._send(b"", status=404 if body is None else 304)
            return
        start = 0
        if self.headers["range"] and self.headers["if-range"] == known:
            start = int(self.headers["range"].removeprefix("bytes=").rstrip("-"))
        extra = dict(office.headers)
        if start:
            extra["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        self._send(body[start:], status=206 if start else 200, extra=extra, cut=office.due("cut"))

    def _json(self, answer: Any) -> None:
        self._send(json.dumps(answer).encode(), kind="application/json", cut=self.office.due("cut json"))

    def _send(
        self,
        body: bytes,
        *,
        status: int = 200,
        kind: str = "application/octet-stream",
        extra: dict[str, str] | None = None,
        cut: bool = False,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = cut or self.close_connection


def _fits(properties: dict[str, Any], where: str) -> bool:
    if where == "1=1":
        return True
    column, _, values = where.partition(" IN ") if " IN " in where else where.partition("=")
    wanted = [value.strip().strip("'").replace("''", "'") for value in values.strip(" ()").split(",")]
    return str(properties.get(column.strip())) in wanted


@contextmanager
def open_office() -> Iterator[Office]:
    """Serve on a free port of this machine until the end of the block."""
    office = Office()
    handler = type("Handler", (_Handler,), {"office": office})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    office.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield office
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
