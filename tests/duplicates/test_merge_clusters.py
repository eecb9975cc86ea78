"""Many clusters at once: a preview, one batch each, and a clear word for what cannot be merged."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crm_app import cli
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.errors import Refused
from crm_app.duplicates.merge.clusters import merge_clusters, read_clusters
from crm_app.duplicates.merge.queries import merge_page
from crm_app.tables import Person
from tests.duplicates.world import snapshot
from tests.support.builders import make_deal, make_person, make_pipeline, row


def test_a_list_of_clusters(sqlite_database: str) -> None:
    a, b, c, d, e = (make_person(display_name=n) for n in ("Ann", "Anne", "Bo", "Boe", "Cy"))
    deal = make_deal(make_pipeline(), person_id=b)
    clusters = [[a, b], [c, d], [e], [987654, 987655]]
    before = snapshot()
    plan = merge_clusters(SYSTEM, "person", clusters, dry_run=True)
    assert snapshot() == before and plan.batches == []
    assert [(p.survivor, p.others, p.moves) for p in plan.merged] == [(b, "Ann", 0), (c, "Boe", 0)]
    told: list[tuple[int, int]] = []
    report = merge_clusters(SYSTEM, "person", clusters, tell=lambda n, total: told.append((n, total)))
    assert (len(report.merged), len(report.refused), len(report.batches)) == (2, 2, 2) and told[-1] == (4, 4)
    assert row(Person, a)["merged_into_id"] == b and row(Person, d)["merged_into_id"] == c and deal
    again = merge_clusters(SYSTEM, "person", clusters[:2])
    assert [p.refused for p in again.refused] == ["These are one record already."] * 2
    with pytest.raises(Refused, match="two clusters"):
        merge_clusters(SYSTEM, "person", [[a, e], [e, c]])


def test_a_file_of_clusters() -> None:
    assert read_clusters(iter(["1, 2\n", "\n", "# note\n", "3;4 5 # why\n"])) == [[1, 2], [3, 4, 5]]
    for wrong in ("1,x\n", "-1 2\n", "1.5\n"):
        with pytest.raises(Refused, match="Line 1"):
            read_clusters(iter([wrong]))


def test_the_command(sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "prepare", lambda: None)
    a, b = make_person(display_name="Ann"), make_person(display_name="Anne")
    file = tmp_path / "clusters.csv"
    file.write_text(f"{a},{b}\n")
    runner = CliRunner()
    dry = runner.invoke(cli.app, ["merge", "person", "--clusters", str(file), "--dry-run", "--json"])
    assert dry.exit_code == 0, dry.output
    assert json.loads(dry.output)["merged"][0]["survivor"] == a and row(Person, b)["deleted_at"] is None
    done = runner.invoke(cli.app, ["merge", "person", "--clusters", str(file)])
    assert done.exit_code == 0 and "1 merged, 0 refused." in done.output, done.output
    assert row(Person, b)["merged_into_id"] == a
    assert runner.invoke(cli.app, ["merge", "person", "--clusters", str(file)]).exit_code == 1


def test_the_page_shows_what_differs(sqlite_database: str) -> None:
    a = make_person(first_name="A", last_name="L", display_name="A. L.", emails=[{"value": "a@example.org"}])
    b = make_person(first_name="Ada", last_name="L", display_name="Ada L", emails=[{"value": "A@example.org"}])
    make_deal(make_pipeline(), person_id=b)
    page = db.read_sync(merge_page, SYSTEM, "person", [a, b])
    assert page.survivor == b and [h.id for h in page.heads] == [a, b]
    lines = {line.field: line for line in page.lines}
    assert lines["first_name"].proposed == b and [v.text for v in lines["first_name"].cells] == ["A", "Ada"]
    assert "last_name" not in lines and page.alike >= 1
    assert [p.rows for p in page.parts if p.label == "E-mails"] == [["A@example.org, work"]]
    assert page.moves == [] and db.read_sync(merge_page, SYSTEM, "person", [a, b], a).moves[0].label == "Deals"
