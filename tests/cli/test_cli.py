"""The `kith` command as a script sees it: exit codes, one line on a wrong setting, JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import forks
from tests.support.server import ROOT

pytestmark = pytest.mark.slow
Run = subprocess.CompletedProcess
LOSE = """
from crm_app.records.search.index import engine
from search.documents import Changes
lost = [key for key, _ in engine().digests()][:1]
engine().update(lambda: Changes([], lost))
print(len(lost))
"""


@pytest.fixture
def kith(tmp_path: Path):
    """Runs the command with a data folder of its own."""

    def run(*arguments: str, **settings: str) -> Run:
        env = {k: v for k, v in os.environ.items() if not k.startswith("KITH_")}
        env |= {"KITH_DATA_DIR": str(tmp_path / "data")} | {f"KITH_{k.upper()}": v for k, v in settings.items()}
        return forks.kith(arguments, env)

    return run


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("port", "eighty", "KITH_PORT: "),
        ("database_url", "mysql://localhost/x", "KITH_DATABASE_URL: must begin with sqlite://"),
        ("base_url", "kith.example", "KITH_BASE_URL: must begin with http://"),
        ("zone", "Mars/Olympus", "KITH_ZONE: 'Mars/Olympus' is not a time zone"),
        ("currency", "dollars", "KITH_CURRENCY: "),
        ("worker", "several", "KITH_WORKER: "),
    ],
)
def test_a_wrong_setting_is_refused_in_one_line(kith, setting: str, value: str, says: str) -> None:
    done = kith("check", **{setting: value})
    assert done.returncode == 2
    assert says in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_a_command_on_an_unmigrated_database_is_refused(kith) -> None:
    done = kith("check")
    assert done.returncode == 1 and done.stderr.startswith("kith: ")
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_command_is_installed() -> None:
    command = [str(Path(sys.executable).with_name("kith")), "frobnicate"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2 and "frobnicate" in done.stderr


def test_unknown_words_are_code_two(kith) -> None:
    assert kith("frobnicate").returncode == 2
    assert kith("restore", "nowhere.tar").returncode == 2
    assert kith("import", "deals", __file__, "--mode", "sideways").returncode in (1, 2)


def test_several_processes_without_redis_are_refused(kith) -> None:
    for words in (("run", "--workers", "2"),):
        done = kith(*words)
        assert done.returncode == 1 and "KITH_REDIS_URL" in done.stderr
    done = kith("run", worker="external")
    assert done.returncode == 1 and "KITH_REDIS_URL" in done.stderr


def test_a_user_is_added_with_a_link_and_only_once(kith) -> None:
    assert kith("migrate", "--json").returncode == 0
    done = kith("user", "add", "ada@example.org", "--name", "Ada", "--role", "manager", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["link"].startswith("http://localhost:8000/invite?token=")
    again = kith("user", "add", "ADA@example.org", "--name", "Ada", "--json")
    assert again.returncode == 1 and "already" in again.stderr
    assert kith("user", "add", "eve@example.org", "--name", "Eve", "--role", "king").returncode == 1
    assert json.loads(kith("check", "--json").stdout) == {"problems": []}


def test_an_import_with_refused_rows_is_code_one(kith, tmp_path: Path) -> None:
    kith("migrate")
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("product,series,sales_price\nGTX Pro,GTX,4821\n")
    bad.write_text("product,series,sales_price\nGTX Two,GTX,-5\n")
    assert kith("import", "products", str(good), "--json").returncode == 0
    done = kith("import", "products", str(bad), "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["refused"] == 1
    assert kith("kpis", "--json", "--as", "nobody@example.org").returncode == 1


def test_figures_of_an_empty_database(kith) -> None:
    kith("migrate")
    found = json.loads(kith("kpis", "--json").stdout)
    assert found == {
        "won": 0,
        "lost": 0,
        "open": 0,
        "won_value": 0,
        "win_rate": None,
        "average_won": None,
        "average_days_to_close": None,
    }


def found_by(done: Run) -> list[tuple[str, str]]:
    """Kind and title of what `kith search --json` found."""
    return [(r["kind"], "".join(piece["text"] for piece in r["title"])) for r in json.loads(done.stdout)["rows"]]


def test_the_index_is_built_searched_and_mended(kith, tmp_path: Path) -> None:
    """A record is found by its name; an index without it is told of by `check` and mended by `check --repair`."""
    kith("migrate")
    file = tmp_path / "companies.csv"
    file.write_text("account,sector\nZephyr Looms,retail\n")
    assert kith("import", "companies", str(file), "--json").returncode == 0
    assert json.loads(kith("reindex", "--json").stdout) == {"documents": 1}
    done = kith("search", "zephyr", "--json")
    assert done.returncode == 0, done.stderr
    assert found_by(done) == [("company", "Zephyr Looms")] and json.loads(done.stdout)["rebuilding"] is False
    none = kith("search", "quagga", "--json")
    assert none.returncode == 1 and found_by(none) == []
    assert kith("search", "zephyr", "--kind", "person", "--json").returncode == 1
    lost = forks.python(LOSE, os.environ | {"KITH_DATA_DIR": str(tmp_path / "data")})
    assert lost.strip() == "1"
    told = kith("check", "--json")
    assert told.returncode == 1
    assert json.loads(told.stdout) == {"problems": ["search: 1 company not in the index"]}
    assert kith("search", "zephyr", "--json").returncode == 1
    mended = kith("check", "--repair", "--json")
    assert (mended.returncode, json.loads(mended.stdout)) == (0, {"problems": []})
    assert found_by(kith("search", "zephyr", "--json")) == [("company", "Zephyr Looms")]
    assert json.loads(kith("check", "--json").stdout) == {"problems": []}


def test_a_run_is_gone_on_with_and_undone(kith, tmp_path: Path) -> None:
    kith("migrate")
    file = tmp_path / "good.csv"
    file.write_text("product,series,sales_price\nGTX Pro,GTX,4821\n")
    run = json.loads(kith("import", "products", str(file), "--json").stdout)["run_id"]
    again = kith("import", "--resume", str(run), "--json")
    assert again.returncode == 0 and json.loads(again.stdout)["created"] == 1
    undone = kith("import", "--undo", str(run), "--json")
    assert undone.returncode == 0, undone.stderr
    assert json.loads(undone.stdout) | {"file": ""} == {
        "run_id": run,
        "file": "",
        "total": 1,
        "done": 1,
        "kept_count": 0,
        "kept": [],
        "status": "done",
        "ok": True,
    }
    for words in (("--undo", str(run)), ("--resume", str(run)), ("--resume", "1")):
        refused = kith("import", *words)
        assert refused.returncode == 1 and len(refused.stderr.strip().splitlines()) == 1
    assert json.loads(kith("check", "--json").stdout) == {"problems": []}


def test_wrong_words_of_an_import_are_code_two(kith, tmp_path: Path) -> None:
    file, broken, listed = tmp_path / "a.csv", tmp_path / "broken.json", tmp_path / "list.json"
    file.write_text("product\nGTX\n")
    broken.write_text("{")
    listed.write_text("[]")
    for words in (
        (),
        ("products",),
        ("products", str(tmp_path / "nowhere.csv")),
        ("products", str(file), "--resume", "1"),
        ("--resume", "one"),
        ("products", str(file), "--mode", "sideways"),
        ("products", str(file), "--mapping", str(broken)),
        ("products", str(file), "--mapping", str(listed)),
    ):
        done = kith("import", *words)
        assert done.returncode == 2, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr


def test_dedupe_needs_no_database_and_tells_by_its_exit_code(kith, tmp_path: Path):
    people = tmp_path / "people.csv"
    people.write_text("first_name,last_name,email\nJon,Miller,a@b.example\nJonathan,Miller,a@b.example\n")
    done = kith("dedupe", str(people), "--json")
    assert (done.returncode, json.loads(done.stdout)["pairs"]) == (0, 1)
    assert kith("dedupe", str(people), "--threshold", "2").returncode == 2
    refused = kith("dedupe", str(people), "--id", "nothing")
    assert refused.returncode == 1
    assert refused.stderr.startswith("kith: There is no column 'nothing' for --id")
    assert not (tmp_path / "data" / "kith.db").exists()
