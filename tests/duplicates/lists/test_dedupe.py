"""`kith dedupe`: what is read, what is found, and what is said about a list that is not as it should be."""

import csv
from pathlib import Path
from typing import Any

import pytest

from crm_app.core.errors import Refused
from crm_app.duplicates.lists.columns import find_columns, parse_columns
from crm_app.duplicates.lists.search import Report, dedupe

PEOPLE = """id,given_name,surname,e-mail,phone,town
a,Jonathan,Miller,jm@miller.example,+44 20 7946 0123,Leeds
b,Rebecca,Miller,,,Leeds
c,Jon,Miller,JM+news@miller.example,020 7946 0123,York
"""


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def run(*files: Path, chosen: dict[str, str] | None = None, **wishes: Any) -> Report:
    return dedupe(files, chosen=chosen or {}, **wishes)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_pairs_and_groups_are_written_with_ids(people: Path, tmp_path: Path):
    pairs, clusters = tmp_path / "pairs.csv", tmp_path / "clusters.csv"
    report = run(people, id_column="id", pairs_file=pairs, clusters_file=clusters)
    (pair,) = read(pairs)
    assert (pair["left"], pair["right"]) == ("a", "c")
    assert 0.9 <= float(pair["probability"]) <= 1
    assert "Jonathan ~ Jon" in pair["reasons"]
    assert read(clusters) == [{"cluster": "1", "id": "a"}, {"cluster": "1", "id": "c"}]
    assert (report.pairs, report.clusters, report.in_clusters) == (1, 1, 2)


def test_without_ids_the_rows_are_numbered_as_in_the_file(people: Path):
    (shown,) = run(people).shown
    assert (shown["left"], shown["right"]) == ("2", "4")


def test_two_files_give_pairs_across_them(people: Path, tmp_path: Path):
    other = tmp_path / "other.csv"
    other.write_text("Vorname;Nachname;E-Mail\nJohn;Miller;jm@miller.example\nAnna;Weber;\n", encoding="cp1252")
    shown = run(people, other).shown
    assert {(pair["left"], pair["right"]) for pair in shown} == {("2", "2"), ("4", "2")}


def test_columns_are_taken_as_said_then_by_their_headers():
    header = ["id", "given_name", "surname", "suburb", "state", "Ref"]
    assert find_columns(header, parse_columns("national_id=ref, region=")) == {
        "national_id": 5,
        "first_name": 1,
        "last_name": 2,
        "city": 3,
    }


@pytest.mark.parametrize(
    ("columns", "says"),
    [("first_name", "no sign of equality"), ("nose=x", "no field 'nose'"), ("city=a,city=b", "named twice")],
)
def test_wrong_words_in_columns_are_refused(columns: str, says: str):
    with pytest.raises(Refused, match=says):
        parse_columns(columns)


def test_a_column_that_is_not_there_is_refused(people: Path):
    with pytest.raises(Refused, match="no column 'forename'"):
        run(people, chosen={"first_name": "forename"})
    with pytest.raises(Refused, match="no column 'number' for --id"):
        run(people, id_column="number")


def test_a_file_that_says_nothing_is_refused(tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_text("colour,size\nred,1\n", encoding="utf-8")
    with pytest.raises(Refused, match="who somebody is"):
        run(path)
    path.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(Refused, match="Excel workbook"):
        run(path)


def test_the_list_itself_is_never_overwritten(people: Path, tmp_path: Path):
    with pytest.raises(Refused, match="would be overwritten"):
        run(people, pairs_file=people)
    with pytest.raises(Refused, match="no such folder"):
        run(people, clusters_file=tmp_path / "none" / "out.csv")
    assert people.read_text(encoding="utf-8") == PEOPLE


def test_a_row_that_cannot_be_read_is_told_and_the_others_go_on(people: Path):
    people.write_text(PEOPLE + "d,Greta\n", encoding="utf-8")
    report = run(people, id_column="id")
    assert (report.pairs, report.unread) == (1, 1)
    assert "row 5: The row has 2 cells, the header has 6." in report.notes[-1]


def test_names_of_one_and_of_500_letters_and_numbers_of_zeros_are_no_trouble(tmp_path: Path):
    path = tmp_path / "firms.csv"
    path.write_text(f"company,phone\nA,0000\n{'x' * 500},000 000\n{'x' * 500},1\nB,0\n", encoding="utf-8")
    (shown,) = run(path).shown
    assert (shown["left"], shown["right"]) == ("3", "4")


def test_identical_rows_in_several_portions_are_one_group(tmp_path: Path):
    path = tmp_path / "same.csv"
    row = "Anna,Weber,4 Elm Road,Leeds,1980-03-14\n"
    path.write_text("first_name,last_name,street,city,dob\n" + row * 25_000, encoding="utf-8")
    report = run(path)
    assert (report.clusters, report.in_clusters, report.pairs) == (1, 25_000, 24_999)


def test_an_empty_list_finds_nothing(tmp_path: Path):
    path = tmp_path / "none.csv"
    path.write_text("first_name,last_name\n", encoding="utf-8")
    assert run(path).pairs == 0
