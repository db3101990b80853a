"""Time all postcodes of Great Britain: from the zip, from the cache, and a million placed.

Run with: ``python benchmarks/postcodes.py [codepo_gb.zip]``. Without a file it makes one in the published
shape out of the official files beside the project (a Parquet file of Code-Point Open).
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pyarrow.parquet

from assetmap.read.official.postcode_files import find_postcodes, read_postcode_file


def make_zip(parquet: Path, target: Path) -> Path:
    """Write Code-Point Open as Ordnance Survey does: a CSV for each postcode area, without header row."""
    table = pyarrow.parquet.read_table(parquet).to_pandas()
    area = table["postcode"].str.extract(r"^([A-Z]+)", expand=False)
    spaced = table["postcode"].str.split(" ", expand=True)
    table["postcode"] = spaced[0].str.pad(4, side="right") + spaced[1]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\n")
        for name, rows in table.groupby(area):
            lines = (
                f'"{r.postcode}",{r.positional_quality},{r.easting},{r.northing},"","","","",'
                f'"{r.lad_code or ""}","{r.ward_code or ""}"\n'
                for r in rows.itertuples()
            )
            archive.writestr(f"Data/CSV/{name.lower()}.csv", "".join(lines))
    return target


def main() -> None:
    """Print the times."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ASSETMAP_CACHE"] = folder
        if len(sys.argv) > 1:
            source = Path(sys.argv[1])
        else:
            shared = Path(os.environ.get("ASSETMAP_SHARED", Path(__file__).parents[2] / "shared"))
            parquet = shared / "data" / "postcodes" / "codepoint_open_gb_2025-05.parquet"
            if not parquet.is_file():
                sys.exit("Name a Code-Point Open zip: python benchmarks/postcodes.py codepo_gb.zip")
            source = make_zip(parquet, Path(folder) / "codepo_gb.zip")
        start = time.perf_counter()
        postcodes = read_postcode_file(source)
        first = time.perf_counter() - start
        start = time.perf_counter()
        postcodes = read_postcode_file(source)
        again = time.perf_counter() - start
        written = np.random.default_rng(1).choice(postcodes.index.to_numpy(dtype=object), 1_000_000)
        written = [text.lower().replace(" ", "") for text in written]
        start = time.perf_counter()
        rows = find_postcodes(written, postcodes)
        placed = postcodes[["easting", "northing"]].to_numpy()[rows]
        took = time.perf_counter() - start
    print(f"{len(postcodes):,} postcodes from {source.name}: {first:.2f} s; from the cache: {again:.2f} s")
    print(f"{len(placed):,} written postcodes placed in {took:.2f} s; none lost: {bool((rows >= 0).all())}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
