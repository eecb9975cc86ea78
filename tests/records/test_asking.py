"""The dialog for a new record shows and demands custom fields as a save would, for what is typed so far."""

from typing import Any

import pytest

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import Forbidden, Invalid
from crm_app.records.create.rows import Conditions
from crm_app.records.create.service import conditions_in_form, create_record, new_form
from tests.support.builders import make, make_user, principal


@pytest.fixture
def ann(database_url: str) -> Principal:
    return principal(make_user(name="Ann", role="administrator"), role="administrator")


def condition(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"all": [{"f": field, "op": op, "v": value}]}


def asked(actor: Principal, **values: str) -> Conditions:
    return db.read_sync(conditions_in_form, actor, "company", values, 7)


def test_conditions_are_answered_as_a_save_answers_them(ann: Principal) -> None:
    staff = make("custom_field", kind="company", key="staff", label="Staff", type="int", in_form=True)
    works = make(
        "custom_field",
        kind="company",
        key="works",
        label="Works council",
        required=True,
        visible_when=condition(f"custom.{staff}", "ge", "5"),
    )
    branch = make(
        "custom_field", kind="company", key="b", label="Branch", required_when=condition("kind", "is", ["partner"])
    )
    form = db.read_sync(new_form, ann, "company", {})
    assert form.conditional
    began = {f.name: (f.hidden, f.required) for f in form.fields if f.name.startswith("custom.")}
    assert began == {
        f"custom.{staff}": (False, False),
        f"custom.{works}": (True, False),
        f"custom.{branch}": (False, False),
    }
    few, many = {f"custom.{staff}": "4"}, {f"custom.{staff}": "5"}
    assert asked(ann, **few) == Conditions(7, "company", [f"custom.{works}"], [])
    assert asked(ann, **many) == Conditions(7, "company", [], [f"custom.{works}"])
    assert asked(ann, **many, kind="partner").required == [f"custom.{works}", f"custom.{branch}"]
    assert asked(ann, **{f"custom.{staff}": "five or so"}).hidden == [f"custom.{works}"], "not readable yet: empty"
    for values in (few, many, {**few, "kind": "partner"}, {**many, "kind": "partner"}):
        wanted = asked(ann, **values).required
        try:
            db.write_sync(create_record, ann, "company", {"name": f"Firm {values}", **values})
            refused: list[str] = []
        except Invalid as refusal:
            refused = list(refusal.fields)
        assert sorted(refused) == sorted(wanted)


def test_a_form_without_conditions_asks_nothing(ann: Principal) -> None:
    make("custom_field", kind="company", key="plain", label="Plain", in_form=True)
    assert not db.read_sync(new_form, ann, "company", {}).conditional
    with pytest.raises(Forbidden):
        db.read_sync(conditions_in_form, principal(make_user(role="read-only"), role="read-only"), "company", {}, 1)
