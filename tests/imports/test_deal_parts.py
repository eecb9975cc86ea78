"""A file of deals brings types, earlier deals, people with roles and competitors, and says what it cannot take."""

from pathlib import Path

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.replay import differences
from crm_app.deals.queries import deal_page
from crm_app.tables import Deal
from tests.imports.files import all_of, load
from tests.support.builders import make_person, make_pipeline

HEAD = (
    "opportunity_id,deal name,deal_stage,deal type,renewal of,stakeholder,stakeholder role,competitor,recurring,term\n"
)


def test_a_deal_brings_its_type_its_earlier_deal_and_its_parties(database_url: str, tmp_path: Path) -> None:
    make_pipeline()
    lena = make_person(display_name="Lena Arndt")
    load(tmp_path, "deals", HEAD + "A1,First,Won,,,,,,,\n")
    row = "A2,Second,Engaging,Renewal,A1,Lena Arndt,Decision maker,Rival,12.50,24\n"
    assert load(tmp_path, "deals", HEAD + row).created == 1
    first, second = sorted(all_of(Deal), key=lambda d: d.title)
    assert (first.type, second.type, second.earlier_deal_id) == ("new business", "renewal", first.id)
    assert (second.recurring_minor, second.recurring_period, second.term_months) == (12_50, "month", 24)
    page = db.read_sync(deal_page, SYSTEM, second.id)
    assert [(p.person_id, p.role) for p in page.people] == [(lena, "decision maker")]
    assert [(c.name, c.status) for c in page.competitors] == [("Rival", "open")]
    again = load(tmp_path, "deals", HEAD + row)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert db.read_sync(differences) == []


def test_an_unknown_type_or_role_refuses_the_row_with_its_reason(sqlite_database: str, tmp_path: Path) -> None:
    make_pipeline()
    make_person(display_name="Lena Arndt")
    rows = "A1,One,Engaging,Gift,,,,,,\nA2,Two,Engaging,,,Lena Arndt,Boss,,,\nA3,Three,Engaging,,,Nobody Known,,,,\n"
    report = load(tmp_path, "deals", HEAD + rows)
    assert (report.created, report.refused) == (0, 3)
    assert ["Type must be" in report.errors[0].reason, "Role must be" in report.errors[1].reason] == [True, True]
    assert "Nobody Known" in report.errors[2].reason
