"""Mutation tests: change one thing in a module, run its tests, and list the changes that no test notices.

    make mutants MODULE=access/overland

The changes are those of cosmic-ray (extra ``mutants``); a seeded sample of them is tried on a copy of the project, so the
working tree is never touched. Each is tried in a process forked from one that has loaded the libraries, the package and the tests
already: the changed function gets its new code there, and a change outside of functions has everything of ours loaded again.
Only the tests that enter the changed function are run, themselves or in a fixture that they use, the quickest first: no other
test can notice it. For a change outside of functions, or to what a function can be given, all are run. Changes to ``|`` are left out: nearly all of them are in type annotations, which do not
run. docs/mutants.md lists what survived and why.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import inspect
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import threading
import time
import types
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
TESTS = {
    "access/overland": ["test_access_overland.py"],
    "access/hours": ["test_access_hours.py"],
    "gaps/score": ["test_gaps_score.py"],
    "gaps/clusters": ["test_gaps_clusters.py"],
    "gaps/hotspots": ["test_gaps_sensitivity.py", "test_gaps_clusters.py"],
    "groups/disclosure": ["test_groups_areas.py"],
    "need/interpolate": ["test_need_interpolate.py"],
    "project/pipeline": ["test_project_pipeline.py"],
    "register/judge": ["test_register_judge.py"],
    "register/registration": ["test_register_judge.py", "test_register_typed.py"],
    "register/link": ["test_register_link_rules.py", "test_register_link.py"],
    "sites/scenario": ["test_sites_scenario.py", "test_access_hours.py"],
    "sites/gains": ["test_sites_scenario.py"],
}
"""The tests of each module, below ``tests``; another module needs ``--tests``."""

COPIED = ("src", "tests", "data", "docs", "pyproject.toml", "README.md")
LEFT_OUT = (
    "core/ReplaceBinaryOperator_BitOr",
    "core/ReplaceBinaryOperator_BitAnd_Mul",
    "core/ReplaceUnaryOperator_Invert_USub",
)
"""Changes that are none: types are joined by ``|``, and ``*`` and ``-`` do the same to masks of true and false as ``&`` and ``~``."""
LOADED = (
    "geopandas",
    "pandas",
    "pyogrio",
    "pytest",
    "scipy.sparse.csgraph",
    "scipy.spatial",
    "shapely",
    "typer.testing",
)


def find_mutants(code: str) -> list[tuple[str, str]]:
    """Return every mutant of a module: the operator and the changed code, in a fixed order."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    tree, found = get_ast(code), []
    for name in sorted(operator_names()):
        operator_class = get_operator(name)
        if name.startswith(LEFT_OUT) or operator_class.arguments():
            continue
        operator = operator_class()
        count = sum(len(list(operator.mutation_positions(node))) for node in ast_nodes(tree))
        found += [(name, changed) for at in range(count) if (changed := mutate_code(code, operator, at))]
    return list({changed: (name, changed) for name, changed in found if changed != code}.values())


class Order:
    """A plugin of pytest: the first run notes how long each test takes and what it enters, later ones run those that matter."""

    def __init__(self, noted: Path, module: Path, function: str, longest: float) -> None:
        self.noted, self.module, self.function, self.longest = noted, str(module), function, longest
        self.known: dict[str, dict[str, Any]] = json.loads(noted.read_text()) if noted.exists() else {}
        self.learning = not self.known
        self.entered: set[str] = set()
        self.began = 0.0
        self.prepared: dict[str, set[str]] = {}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Keep the tests that enter the changed function, the quickest first; all where none is known to."""
        if not self.learning:
            items[:] = [one for one in items if self.known[one.nodeid]["seconds"] <= self.longest]
            entering = [one for one in items if self.function in self.known[one.nodeid]["entered"]]
            items[:] = sorted(entering or items, key=lambda one: self.known[one.nodeid]["seconds"])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note from here on which functions of the module are entered."""
        if self.learning:
            self.entered, self.began = set(), time.process_time()
            self.known[nodeid] = {"entered": self.entered, "seconds": 0.0}

            def note(frame: FrameType, _event: str, _value: object) -> None:
                if frame.f_code.co_filename == self.module:
                    self.entered.add(frame.f_code.co_qualname.split(".<locals>")[0])

            threading.settrace(note)
            sys.settrace(note)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:
        """Note what a fixture enters: it is made once, for the first of the tests that use it."""
        before, self.entered = self.entered, set()
        try:
            return (yield)
        finally:
            self.prepared.setdefault(fixturedef.argname, set()).update(self.entered)
            before |= self.entered
            self.entered = before

    def pytest_runtest_teardown(self, item: Any) -> None:
        """Add to what a test enters what the fixtures that it uses have entered."""
        if self.learning:
            for name in getattr(item, "fixturenames", ()):
                self.entered |= self.prepared.get(name, set())

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Note the seconds of the processor that a test takes, with what it sets up: a busy machine makes none longer."""
        if self.learning:
            self.known[nodeid]["seconds"] = time.process_time() - self.began

    def pytest_sessionfinish(self) -> None:
        """Write what was noted."""
        if self.learning:
            threading.settrace(None)  # type: ignore[arg-type]
            sys.settrace(None)
            self.noted.write_text(json.dumps(self.known, default=sorted))


def changed_function(code: str, changed: str) -> tuple[str, bool]:
    """Return the name of the function that the first changed line is in, empty outside of functions, and whether in its body."""
    pairs = zip(code.splitlines(), changed.splitlines(), strict=False)
    line = next((number for number, (old, new) in enumerate(pairs, start=1) if old != new), 0)

    def inside(nodes: list[ast.stmt], before: str) -> tuple[str, bool]:
        for node in nodes:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (
                node.end_lineno or 0
            ):
                name = f"{before}{node.name}"
                if isinstance(node, ast.ClassDef):
                    return inside(node.body, f"{name}.")
                return name, line >= node.body[0].lineno
        return "", False

    return inside(ast.parse(code).body, "")


def function_of(holder: Any, name: str) -> Any:
    """Return the plain function of a name such as ``Class.method``, behind its decorators."""
    for part in name.split("."):
        holder = vars(holder)[part]
    for behind in ("fget", "__func__"):
        holder = getattr(holder, behind, None) or holder
    return inspect.unwrap(holder)


def put_in(module: str, path: Path, changed: str, function: str) -> None:
    """Give a loaded function its changed code; for a change elsewhere forget all of ours, so that it is loaded again."""
    loaded = sys.modules[module]
    if function:
        anew = types.ModuleType(module)
        anew.__dict__.update(vars(loaded))
        exec(compile(changed, str(path), "exec"), vars(anew))
        old, new = function_of(loaded, function), function_of(anew, function)
        if old.__code__.co_freevars == new.__code__.co_freevars == ():
            old.__code__, old.__defaults__, old.__kwdefaults__ = (
                new.__code__,
                new.__defaults__,
                new.__kwdefaults__,
            )
            return
    ours = str(path.parents[len(module.split("."))])
    for name, found in list(sys.modules.items()):
        if str(getattr(found, "__file__", None)).startswith(ours):
            del sys.modules[name]


def load(folder: Path, tests: list[str]) -> None:
    """Load the package and the tests in this process, without running any."""
    kept = [os.dup(1), os.dup(2)]
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.chdir(folder)
    pytest.main(
        ["--collect-only", "-q", "-n", "0", "-p", "no:cacheprovider", *(f"tests/{test}" for test in tests)]
    )
    os.chdir(ROOT)
    for number, one in enumerate(kept, start=1):
        os.dup2(one, number)


def passes(
    folder: Path,
    tests: list[str],
    most_seconds: int,
    path: Path,
    longest: float,
    changed: str = "",
    function: str = "",
    *,
    in_body: bool = False,
) -> bool:
    """Run the tests in a forked process; False if one fails or they need more seconds of the processor.

    The seconds are those of the processor, so a busy machine makes no change look noticed.
    """
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds))
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        os.chdir(folder)
        if changed:
            try:
                put_in(
                    ".".join(path.relative_to(folder / "src").with_suffix("").parts), path, changed, function
                )
            except Exception:  # a change that cannot be loaded is noticed
                os._exit(1)
        files = [f"tests/{test}" for test in tests]
        options = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", *files]
        os._exit(
            int(
                pytest.main(
                    options,
                    plugins=[Order(folder / "tests.json", path, function if in_body else "", longest)],
                )
            )
        )
    _, status = os.waitpid(child, 0)
    return status == 0


def difference(code: str, changed: str) -> list[str]:
    """Return the lines of a module that a change takes away and puts in."""
    lines = difflib.unified_diff(code.splitlines(), changed.splitlines(), lineterm="", n=0)
    return [line for line in list(lines)[2:] if line[0] in "-+"]


def list_sample(module: str, number: int, seed: int) -> None:
    """Print the changes that a run would try, for docs/mutants.md."""
    code = (ROOT / "src" / "assetmap" / f"{module}.py").read_text(encoding="utf-8")
    every = find_mutants(code)
    for operator, changed in random.Random(seed).sample(every, min(number, len(every))):
        print(operator, *difference(code, changed), sep="\n", flush=True)


def run_sample(
    module: str, tests: list[str], number: int, seed: int, most_seconds: int, longest: float
) -> None:
    """Try a sample of the mutants of a module and print the survivors."""
    for name in LOADED:
        __import__(name)
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        for part in COPIED:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / part, folder / part)
        sys.path[:0] = [str(folder / "src"), str(folder / "tests")]
        path = folder / "src" / "assetmap" / f"{module}.py"
        code = path.read_text(encoding="utf-8")
        load(folder, tests)
        # what is compiled by now serves all runs; the module itself is compiled anew for each
        sys.dont_write_bytecode = True
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
            compiled.unlink()
        if not passes(folder, tests, most_seconds, path, longest):
            sys.exit("The tests fail on the module as it is, so nothing can be learned.")
        # a change that makes a loop endless is noticed when the tests take several times as long
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        most_seconds = min(most_seconds, 10 + 4 * round(used.ru_utime + used.ru_stime))
        every = find_mutants(code)
        chosen = random.Random(seed).sample(every, min(number, len(every)))
        alive = 0
        for tried, (operator, changed) in enumerate(chosen, start=1):
            path.write_text(changed, encoding="utf-8")
            function, in_body = changed_function(code, changed)
            if passes(folder, tests, most_seconds, path, longest, changed, function, in_body=in_body):
                alive += 1
                print(operator, *difference(code, changed), sep="\n", flush=True)
            if tried % 10 == 0:
                print(f"{tried - alive} of {tried} noticed so far", file=sys.stderr, flush=True)
        killed = len(chosen) - alive
        print(
            f"{module}: {killed} of {len(chosen)} mutants killed ({killed / len(chosen):.0%}; {len(every)} possible)."
        )


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", help="for example access/overland")
    parser.add_argument("--tests", nargs="*", help="files below tests")
    parser.add_argument("--number", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=120, help="of the processor, for the tests once")
    parser.add_argument(
        "--longest",
        type=float,
        default=60.0,
        help="leave out tests that take more seconds of the processor",
    )
    parser.add_argument("--list", action="store_true", help="print the changes of the sample; run no test")
    options = parser.parse_args()
    module = options.module.removesuffix(".py")
    if options.list:
        list_sample(module, options.number, options.seed)
        return
    tests = options.tests or TESTS.get(module)
    if not tests:
        sys.exit(
            f"No tests are known for {module}: name them with --tests, or add them to scripts/mutants.py."
        )
    run_sample(module, tests, options.number, options.seed, options.seconds, options.longest)


if __name__ == "__main__":
    main()
