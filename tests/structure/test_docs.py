"""The documents name what exists, and the README's settings are those of the program."""

import ast
import re
import textwrap
from pathlib import Path

import pytest

from crm_app.core.config import Settings

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMED = re.compile(r"`((?:crm_app|search|tests|docs|\.ci)/[\w./-]*|Makefile|pyproject\.toml)`")
LINKED = re.compile(r"\]\((?!https?://)([^)#]+)\)")
RECIPES = sorted((ROOT / "docs/recipes").glob("*.md"))


@pytest.mark.parametrize("path", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
def test_named_files_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [name for name in NAMED.findall(text) if not (ROOT / name).exists()] == []
    assert [name for name in LINKED.findall(text) if not (path.parent / name).exists()] == []


@pytest.mark.parametrize("path", RECIPES, ids=lambda p: p.stem)
def test_code_in_recipes_is_python(path: Path) -> None:
    for block in re.findall(r"^ *```python\n(.*?)^ *```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        ast.parse(textwrap.dedent(block))


def test_there_is_a_recipe_for_each_extension() -> None:
    extended = ("custom-field-type", "field", "kind", "page", "permission", "quality-rule")
    assert [p.stem for p in RECIPES] == [f"add-a-{name}" for name in extended]


def test_the_readme_lists_every_setting_with_its_default() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(KITH_\w+)` \|([^|]*)\|", text, re.MULTILINE))
    told = {name: default.strip("` ") for name, default in rows.items()}
    assert told == {
        f"KITH_{name.upper()}": "" if field.default is None else str(field.default)
        for name, field in Settings.model_fields.items()
    }
    for field in Settings.model_fields.values():
        assert str(field.description) in text
