"""The organisation's one record on both databases: who may change it, what it holds, what its paper says."""

import io
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import func, select

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import undo
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Conflict, Forbidden, Invalid
from crm_app.organisation.queries import OrganisationRow, find_organisation, letterhead
from crm_app.organisation.sample import sample
from crm_app.organisation.service import save_organisation, set_logo, store_logo
from crm_app.paper import render
from crm_app.tables import Organisation
from tests.paper.documents import text_of
from tests.support.builders import make, make_user

pytestmark = pytest.mark.usefixtures("database_url")
NORDWIND = {
    "name": "Nordwind",
    "street": "Speicherstraße 14\n",
    "postcode": "20457",
    "city": "Hamburg",
    "tax_ids": "DE 123456789\n\nHRB 1",
    "colour": "#146E5A",
    "payment_days": "21",
    "bank": "IBAN DE02",
}


def administrator() -> Principal:
    return Principal(id=make_user(role="administrator"), name="Ada", role="administrator")


def now() -> OrganisationRow:
    return db.read_sync(find_organisation, SYSTEM)


def save(actor: Principal, values: dict[str, str], expected: int = 0) -> int:
    return db.write_sync(save_organisation, actor, values, expected).batch_id


def test_the_record_is_made_once_and_changed_after_that() -> None:
    ada = administrator()
    assert now() == OrganisationRow()
    save(ada, NORDWIND)
    first = now()
    assert (first.name, first.colour, first.payment_days, first.version) == ("Nordwind", "#146e5a", 21, 1)
    batch = save(ada, {"name": "Nordwind AG", "paper": "Letter"}, first.version)
    assert (now().id, now().name, now().paper) == (first.id, "Nordwind AG", "Letter")
    db.write_sync(undo, ada, batch)
    assert (now().name, now().paper) == ("Nordwind", "A4")
    table = table_of(Organisation)
    assert db.read_sync(lambda s: s.execute(select(func.count()).select_from(table)).scalar()) == 1


def test_there_is_no_second_one() -> None:
    make("organisation", name="Nordwind")
    with pytest.raises(Invalid):
        make("organisation", name="Südwind")


def test_two_who_write_the_same_field_notice() -> None:
    ada = administrator()
    save(ada, NORDWIND)
    seen = now().version
    save(ada, {"phone": "1"}, seen)
    save(ada, {"city": "Bremen"}, seen)
    with pytest.raises(Conflict):
        save(ada, {"phone": "2"}, seen)
    assert (now().phone, now().city) == ("1", "Bremen")


@pytest.mark.parametrize("role", ["manager", "sales", "marketing", "support", "read-only"])
def test_others_read_it_and_change_nothing(role: str) -> None:
    make("organisation", name="Nordwind")
    who = Principal(id=make_user(role=role), name="Bo", role=role)
    with pytest.raises(Forbidden):
        save(who, {"name": "Mine"})
    with pytest.raises(Forbidden):
        db.write_sync(set_logo, who, "")
    assert db.read_sync(find_organisation, who).name == "Nordwind"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"colour": "red"}, "colour"),
        ({"colour": "#12345g"}, "colour"),
        ({"payment_days": "-3"}, "payment_days"),
        ({"payment_days": "9999"}, "payment_days"),
        ({"payment_days": "two"}, "payment_days"),
        ({"footer": "a\nb\nc\nd\ne"}, "footer"),
        ({"paper": "A3"}, "paper"),
        ({"language": "tlh"}, "language"),
        ({"place": "another"}, "place"),
        ({"logo": "0" * 64}, "logo"),
        ({"unheard": "of"}, "unheard"),
    ],
)
def test_bad_input_is_said_beside_its_field(values: dict[str, str], field: str) -> None:
    ada = administrator()
    save(ada, NORDWIND)
    before = now()
    with pytest.raises(Invalid) as refusal:
        save(ada, values, before.version)
    assert field in refusal.value.fields and now() == before


def test_its_paper_says_who_it_is() -> None:
    ada = administrator()
    save(ada, NORDWIND | {"payment_terms": "Within {days} days, please."})
    picture = io.BytesIO()
    Image.new("RGB", (2000, 900), (20, 110, 90)).save(picture, "PNG")
    db.write_sync(set_logo, ada, store_logo(picture.getvalue()).sha256)
    row = now()
    head = letterhead(row)
    assert head.seller.lines == ("Speicherstraße 14", "20457 Hamburg") and head.seller.tax_ids == (
        "DE 123456789",
        "HRB 1",
    )
    with Image.open(io.BytesIO(head.logo)) as logo:
        assert logo.size == (889, 400)
    text = text_of(render(sample(row, "EUR", date(2026, 11, 25))).content)
    for words in ("Nordwind", "20457 Hamburg", "Within 21 days, please.", "IBAN DE02", "€6,007.50", "Sample"):
        assert words in text
    db.write_sync(set_logo, ada, "")
    assert letterhead(now()).logo == b""


def test_a_logo_needs_a_name_first() -> None:
    with pytest.raises(Invalid):
        db.write_sync(set_logo, administrator(), "0" * 64)
