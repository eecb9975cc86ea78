"""Ids as text, and what a form shows of a refusal."""

import pytest

from crm_app.core.errors import Conflict, FieldConflict, Forbidden, Invalid, KithError, field_errors
from crm_app.core.text import id_of


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("17", 17),
        ("0", 0),
        ("9" * 16, 9_999_999_999_999_999),
        *((nonsense, None) for nonsense in ("", "-1", " 17", "1.5", "٣", "²", "9" * 17, "1; drop table deal")),
    ],
)
def test_only_plain_digits_are_an_id(text: str, id: int | None) -> None:
    assert id_of(text) == id


@pytest.mark.parametrize(
    ("refusal", "shown"),
    [
        (Invalid({"email": "No address.", "zone": "No zone."}), {"email": "No address.", "zone": "No zone."}),
        (Forbidden("You may not."), {"name": "You may not."}),
        (
            Conflict([FieldConflict("value", 1, 2, 3)], 4),
            {"name": "Somebody changed this in the meantime: value. Close this, look again, and repeat your change."},
        ),
    ],
)
def test_a_refusal_stands_under_its_fields_or_under_the_first(refusal: KithError, shown: dict[str, str]) -> None:
    assert field_errors(refusal, "name") == shown
