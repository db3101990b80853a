"""Run every notebook from top to bottom in a scratch folder; stop at the first cell that fails."""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def run(file: Path) -> str:
    """Run a notebook; return what failed, if anything did."""
    notebook = nbformat.read(file, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}})
        try:
            client.execute()
        except CellExecutionError as error:
            return str(error)
    return ""


def main() -> int:
    """Run the notebooks, two at a time; return 1 if one fails."""
    files = sorted(NOTEBOOKS.glob("*.ipynb"))
    if not files:
        print("there is no notebook to run", file=sys.stderr)
        return 1
    with ProcessPoolExecutor(2) as pool:
        for file, failed in zip(files, pool.map(run, files), strict=True):
            if failed:
                pool.shutdown(cancel_futures=True)
                print(f"{file.name} failed:\n{failed}", file=sys.stderr)
                return 1
            print(f"{file.name} ran", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
