"""Sizes, lock files, and what no source may hold."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OVERLAID = {"phone.css", "print.css"}
MODULES = sorted(
    path
    for top in ("crm_app", "search", "tests")
    for path in (ROOT / top).rglob("*.py")
    if "versions" not in path.parts
)
SOURCES = [path for path in MODULES if "tests" not in path.relative_to(ROOT).parts]
HOST = re.compile(r"https?://|--index-url|--extra-index-url|--find-links|--trusted-host|file://", re.IGNORECASE)


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_modules_are_short() -> None:
    assert {str(path.relative_to(ROOT)): size for path in MODULES if (size := lines_of(path)) > 400} == {}


def test_the_median_module_is_under_a_hundred_lines() -> None:
    sizes = sorted(lines_of(path) for path in SOURCES)
    assert sizes[len(sizes) // 2] < 100


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement, however deep; what stands within one is left alone, of which there is ten times as much."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases"):
        for one in getattr(node, part, ()) if not isinstance(node, ast.expr) else ():
            yield one
            yield from statements(one)


def test_functions_are_short_and_modules_say_what_they_are() -> None:
    long, silent = [], []
    for path in SOURCES:
        name = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if tree.body and not ast.get_docstring(tree):
            silent.append(name)
        long += [
            f"{name}: {node.name} ({(node.end_lineno or 0) - node.lineno + 1})"
            for node in statements(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
        ]
    assert silent == [], "a module's docstring is its rule in one line"
    assert long == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-bench.lock"])
def test_the_python_locks_name_no_host_and_pin_all(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not [line for line in text.splitlines() if HOST.search(line)]
    pins = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==", text, re.MULTILINE)
    assert len(pins) > 50 and ("setuptools" in pins or lock != "requirements.lock")
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_npm_lock_names_no_host() -> None:
    locks = list((ROOT / "reflex.lock").glob("*.json"))
    assert locks, "reflex.lock/ is not there"
    for path in locks:
        text = path.read_text(encoding="utf-8")
        assert '"resolved"' not in text, path.name
        json.loads(text)


def test_no_source_names_a_path_of_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".css", ".js", ".jsx"} and path.exists():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(?<![\w.])/(?:home|root|work|Users)/\w", text), name


def test_what_people_read_is_written_in_their_formats() -> None:
    """By `crm_app.core.reader` and numbers.js alone; what the command line prints is plain English."""
    printed = {"cli.py", "starting.py", "demo/seed.py", "demo/scale/grow.py", "core/reader.py", "ui/numbers.js"}
    fixed = re.compile(r":,(?:\.\d)?[df]?\}|:(?:%[dHMY][ ,:/-]*)*%[aAbBcpxX]|strftime\(|toLocale|Intl\.")
    found = []
    for path in (p for end in ("py", "js", "jsx") for p in (ROOT / "crm_app").rglob(f"*.{end}")):
        name = path.relative_to(ROOT / "crm_app").as_posix()
        if name not in printed and not name.startswith(("bench/", "migrations/")):
            found += [f"{name}: {bad[0]}" for bad in fixed.finditer(path.read_text(encoding="utf-8"))]
    assert found == []


def test_no_two_stylesheets_mean_different_things_by_one_class() -> None:
    """`.bars` of two screens would lay out both; what a phone or paper changes stands in one sheet for all."""
    where: dict[str, set[str]] = {}
    for sheet in sorted((ROOT / "assets/css").glob("*.css")):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        for selectors in re.findall(r"([^{}]+)\{", text):
            for selector in selectors.split(","):
                if re.fullmatch(r"\.[a-z][\w-]*", selector.strip()) and sheet.name not in OVERLAID:
                    where.setdefault(selector.strip(), set()).add(sheet.name)
    assert {name: sheets for name, sheets in where.items() if len(sheets) > 1} == {}
