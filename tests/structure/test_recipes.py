"""The recipes, carried out in a copy of the tree: what they say is enough, and what they forbid is refused."""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def blocks(recipe: str) -> list[str]:
    """The Python of a recipe, in order."""
    text = (ROOT / "docs/recipes" / f"{recipe}.md").read_text(encoding="utf-8")
    found = re.findall(r"^ *```python\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(block).strip() for block in found]


class Copy:
    """A tree of its own in which a recipe can be followed."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "kith"
        shutil.copytree(ROOT / "crm_app", self.root / "crm_app")  # compiled modules too: times are kept, so they hold
        for name in ("search", "assets", "pyproject.toml", "rxconfig.py"):
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, self.root / name)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("KITH_")}
        self.env |= {"PYTHONPATH": str(self.root), "KITH_DATA_DIR": str(folder / "data")}

    def insert(self, path: str, before: str, text: str) -> None:
        """Put a line in front of the first one that begins with `before`."""
        file = self.root / path
        code = file.read_text()
        at = re.search(rf"^( *){re.escape(before)}", code, re.MULTILINE)
        assert at is not None, before
        file.write_text(code[: at.start()] + textwrap.indent(text, at[1]) + "\n" + code[at.start() :])

    def run(self, *words: str, fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=self.root, env=self.env, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_a_new_field_is_imported_listed_and_checked(copy: Copy, tmp_path: Path) -> None:
    column, entry = blocks("add-a-field")
    copy.insert("crm_app/tables/company.py", "owner_id: int", column)
    copy.insert("crm_app/companies/kind.py", 'Field("owner_id"', entry.rstrip(",") + ",")
    copy.run("-m", "crm_app.migrations.new", "rate", "companies")
    file = tmp_path / "companies.csv"
    file.write_text("account,Stars\nAcme,4\nZeta,9\n")
    kith = ("-m", "crm_app.cli")
    copy.run(*kith, "migrate", "--no-backup")
    report = json.loads(copy.run(*kith, "import", "companies", str(file), "--json", fails=True).splitlines()[-1])
    assert (report["created"], report["refused"]) == (1, 1)
    shown = copy.run(
        "-c",
        textwrap.dedent("""
            from dataclasses import replace
            from crm_app.wire import wire; wire()
            from crm_app.core import db
            from crm_app.core.actor import SYSTEM
            from crm_app.records.listing import default_listing, list_page
            page = db.read_sync(list_page, SYSTEM, replace(default_listing("company"), columns=("name", "rating")))
            print([[cell.text for cell in row.cells] for row in page.rows])
        """),
    )
    assert shown.strip() == "[['Acme', '4']]"


def test_a_handler_without_a_permission_stops_the_start(copy: Copy) -> None:
    (block,) = blocks("add-a-permission")
    state = copy.root / "crm_app/deals/state/board.py"
    method = textwrap.indent(
        block.replace("await db.write(rename_deal, actor(), deal_id, title)", "return None"), " " * 4
    )
    state.write_text(state.read_text() + "\n" + method + "\n")
    copy.run("-c", "import crm_app.crm_app")
    state.write_text(state.read_text().replace('@allow("deal.edit")\n    async def rename', "async def rename"))
    assert "rename: no @allow" in copy.run("-c", "import crm_app.crm_app", fails=True)


def test_a_new_page_is_a_file_and_a_name(copy: Copy) -> None:
    page = (copy.root / "crm_app/pages/teams.py").read_text().replace("TEAMS.path,", '"/second-teams",')
    (copy.root / "crm_app/pages/second.py").write_text(page)
    names = copy.root / "crm_app/pages/__init__.py"
    code = names.read_text().replace("teams,", "second, teams,")
    names.write_text(code)
    told = copy.run("-c", "import crm_app.crm_app as c; print(sorted(c.app._unevaluated_pages))")
    assert "second-teams" in told
