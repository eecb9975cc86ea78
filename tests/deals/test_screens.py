"""What the deal screens compute without a server: the filter of an address, the id in one, the words of a clash."""

import pytest

from crm_app.deals.queries import Wish, read_wish
from crm_app.deals.state.record import changed_text, id_in
from crm_app.records.properties import Property


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, Wish()),
        ({"pipeline": "3", "owner": "7", "q": " pro "}, Wish(3, 7, "pro")),
        ({"pipeline": "-1", "owner": "seven"}, Wish()),
        ({"owner": "٣"}, Wish()),
        ({"owner": "9" * 40}, Wish()),
        ({"pipeline": "1; drop table deal"}, Wish()),
        ({"sort": "value", "lanes": "team", "f": "{}"}, Wish(sort="value", lanes="team", filter="{}")),
        ({"sort": "rank; drop", "lanes": "x"}, Wish()),
    ],
)
def test_an_address_is_read_and_nonsense_counts_as_absent(parameters: dict[str, str], expected: Wish) -> None:
    assert read_wish(parameters) == expected


def test_a_long_text_is_cut() -> None:
    assert len(read_wish({"q": "x" * 5000}).text) <= 200


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/deals/17", 17), ("/deals/17/", 17), ("/deals", None), ("/deals/x", None), ("/deals/" + "1" * 30, None)],
)
def test_the_number_at_the_end_of_an_address(path: str, expected: int | None) -> None:
    assert id_in(path) == expected


def test_a_message_says_what_was_saved() -> None:
    properties = [
        Property("title", "Title", "Storage", "Storage", "text", True),
        Property("company_id", "Company", "", "", "ref", True),
    ]
    names = ("title", "company_id", "lines.7.quantity")
    assert [changed_text(properties, n) for n in names] == ["Title changed to Storage.", "Company cleared.", "Saved."]
