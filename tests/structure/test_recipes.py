"""The recipes, carried out in a copy of the tree: what they say is enough, and what they forbid is refused."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from crm_app.identity.matrix import TABLE

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

    def write(self, path: str, text: str) -> None:
        """A new file."""
        file = self.root / path
        assert not file.exists(), path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text + "\n")

    def name_page(self, name: str) -> None:
        """In the import and in PAGES of crm_app/pages."""
        for _ in range(2):
            self.insert("crm_app/pages/__init__.py", "teams,", f"{name},", once=True)

    def insert(self, path: str, before: str, text: str, *, once: bool = False) -> None:
        """Put a line in front of the first one that begins with `before`; with `once` of those that have none yet."""
        file = self.root / path
        code = file.read_text()
        without = rf"(?<!{re.escape(text)}\n)" if once else ""
        at = re.search(rf"{without}^( *){re.escape(before)}", code, re.MULTILINE)
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


def follow_field(copy: Copy) -> None:
    column, entry = blocks("add-a-field")
    copy.insert("crm_app/tables/company.py", "owner_id: int", column)
    copy.insert("crm_app/companies/kind.py", 'Field("owner_id"', entry.rstrip(",") + ",")


def follow_permission(copy: Copy) -> Path:
    """The file with the new handler."""
    (block,) = blocks("add-a-permission")
    state = copy.root / "crm_app/deals/state/board.py"
    method = block.replace("await db.write(rename_deal, actor(), deal_id, title)", "return None")
    state.write_text(state.read_text() + "\n" + textwrap.indent(method, " " * 4) + "\n")
    return state


def follow_page(copy: Copy) -> None:
    address, rows, state, view, page, place = blocks("add-a-page")
    copy.insert("crm_app/ui/addresses.py", "HOME", address)
    copy.write("crm_app/deals/queries/loads.py", rows)
    copy.write("crm_app/deals/state/loads.py", state)
    copy.write("crm_app/deals/views/loads.py", view)
    copy.write("crm_app/pages/loads.py", page)
    copy.insert("crm_app/pages/places.py", "HOME =", place)
    copy.name_page("loads")


def follow_kind(copy: Copy) -> None:
    table, named, entry, imported, rights, page = blocks("add-a-kind")
    copy.write("crm_app/tables/device.py", table)
    copy.insert("crm_app/tables/__init__.py", "from crm_app.tables.duplicate", named)
    copy.insert("crm_app/tables/__init__.py", '"User",', '"Device",')
    copy.write("crm_app/devices/__init__.py", '"""Devices of customers."""')
    copy.write("crm_app/devices/kind.py", entry)
    copy.insert("crm_app/wire.py", "from crm_app.duplicates.matching.drafted", imported)
    copy.insert("crm_app/wire.py", "PRODUCT,", "DEVICE,")
    ((_, letters),) = ast.literal_eval(rights).items()
    matrix = "crm_app/identity/matrix.py"
    copy.insert(matrix, '"product": "products",', '"device": "devices",')
    copy.insert(matrix, '"product",', '"device",')
    for role in TABLE.keys() - {"administrator"}:
        copy.insert(matrix, f'"product": "{TABLE[role]["product"]}"', f'"device": "{letters}",', once=True)
    copy.insert("pyproject.toml", '"(companies)",', '"(devices)",')
    copy.insert("crm_app/records/list_screen/queries.py", '*("order", "invoice"),', '"device",')
    copy.insert("crm_app/ui/addresses.py", "HOME", 'DEVICES = "/devices"')
    copy.insert("crm_app/pages/places.py", "HOME =", 'DEVICES = Place(addresses.DEVICES, "Devices", "products")')
    copy.write("crm_app/pages/devices.py", page)
    copy.name_page("devices")


USED = """
import json
import sys
from dataclasses import replace

from crm_app import cli

def kith(*words):
    sys.argv = ["kith", *words]
    try:
        cli.main()
    except SystemExit as end:
        return end.code

assert not kith("migrate", "--no-backup")
assert kith("import", "companies", "companies.csv", "--json") == 1
from crm_app.records.listing import default_listing, list_page
from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply, undo
from crm_app.core.changes.replay import differences
from crm_app.core.errors import Forbidden
from crm_app.records.list_screen.queries import list_screen
from crm_app.timeline.queries import timeline_of

def write(who, *args, **values):
    return db.write_sync(lambda s: apply(s, who, Change("device", *args, **values)))

def shown(who):
    return [[cell.text for cell in row.cells] for row in db.read_sync(list_screen, who, "device", {"view": "0"}).rows]

def user(name):
    given = dict(name=name, email=name + "@example.org", role="sales", status="active", zone="UTC")
    id = db.write_sync(lambda s: apply(s, SYSTEM, Change("user", op="create", set=given))).id
    return Principal(id=id, name=name, role="sales", member_ids=frozenset({id}))

ann, bob = user("Ann"), user("Bob")
from sqlalchemy import text
acme = db.read_sync(lambda s: s.execute(text("select id from company where name = 'Acme'")).scalar())
made = write(ann, op="create", set={"name": "Printer", "serial": "A1", "company_id": acme, "owner_id": ann.id})
batch = write(ann, made.id, set={"serial": "B2"}).batch_id
told = [shown(bob)]
try:
    write(bob, made.id, set={"serial": "C3"})
except Forbidden as refusal:
    told.append(refusal.message)
told.append(db.read_sync(timeline_of, ann, "device", made.id).events[0].lines)
db.write_sync(undo, ann, batch)
page = db.read_sync(list_page, SYSTEM, replace(default_listing("company"), columns=("name", "rating")))
told += [shown(ann), db.read_sync(differences), [[cell.text for cell in row.cells] for row in page.rows]]
import crm_app.crm_app as c
print("@@" + json.dumps([told, sorted({"devices", "loads"} & c.app._unevaluated_pages.keys())]))
"""


def test_all_recipes_in_one_tree(copy: Copy) -> None:
    """The layers hold; the field is imported, checked and listed; the kind has rights, a list, a history, an undo and
    a page; the new handler starts, and without its permission nothing does."""
    follow_field(copy)
    follow_page(copy)
    follow_kind(copy)
    state = follow_permission(copy)
    copy.run("-m", "crm_app.migrations.new", "recipes")
    copy.run("-c", "from importlinter.cli import lint_imports_command as c; c()")
    (copy.root / "companies.csv").write_text("account,Stars\nAcme,4\nZeta,9\n")
    printed = copy.run("-c", USED)
    report = json.loads(next(line for line in printed.splitlines() if '"refused"' in line))
    assert (report["created"], report["refused"]) == (1, 1)
    told, pages = json.loads(printed.rpartition("@@")[2])
    listed, refused, history, back, differences, rated = told
    assert listed == [["Printer", "B2", "Acme", "Ann"]] and rated == [["Acme", "4"]]
    assert refused == "The role Sales may edit only own devices, and this is not one."
    assert history == ["Serial number A1 → B2"] and back == [["Printer", "A1", "Acme", "Ann"]]
    assert differences == [] and pages == ["devices", "loads"]
    state.write_text(state.read_text().replace('@allow("deal.edit")\n    async def rename', "async def rename"))
    assert "rename: no @allow" in copy.run("-c", "import crm_app.crm_app", fails=True)
