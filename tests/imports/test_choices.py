"""The choices of the import page: offered where they mean something, remembered for a file with the same columns."""

from pathlib import Path
from typing import Any

from crm_app.core import db
from crm_app.imports.remembered import last_choices
from crm_app.imports.service import import_file
from crm_app.imports.state import ImportPage
from crm_app.imports.work_state import ImportWork
from tests.support.builders import make_user, principal
from tests.support.tabs import Tab

PEOPLE = "First name,Last name,Phone\nAda,Byron,+49 30 123456\n"


def test_what_was_chosen_last_is_chosen_again(database_url: str, tmp_path: Path) -> None:
    me, other = (principal(make_user(role="administrator"), "administrator") for _ in range(2))
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    import_file(me, "people", file, mode="update", likely="leave")
    import_file(me, "people", file, likely="update", dry_run=True)
    header = PEOPLE.splitlines()[0].split(",")
    assert db.read_sync(last_choices, me, "people", header) == ("update", "leave", False), "a try is not remembered"
    assert db.read_sync(last_choices, me, "people", [*header, "More"]) == ("both", "create", True)
    assert db.read_sync(last_choices, me, "companies", header) == ("both", "create", True)
    assert db.read_sync(last_choices, other, "people", header) == ("both", "create", True)


def test_the_page_offers_it_where_records_are_compared(sqlite_database: str, tmp_path: Path) -> None:
    me = principal(make_user(role="administrator"), "administrator")
    people, deals = tmp_path / "people.csv", tmp_path / "deals.csv"
    people.write_text(PEOPLE.replace("\n", ",Company\n", 1) + "Bo,Diaz,,Acme\n")
    deals.write_text("Title\nX\n")

    async def script(page: Any) -> None:
        page.kind, page._path = "people", str(people)
        await page._look({})
        assert page.compares
        await page.choose_likely("nonsense")
        assert page.likely == "create"
        await page.choose_likely("leave")
        assert page.likely == "leave"
        assert page.creates and page.absent.may and page.absent.made == "1 company will be created."
        await page.choose_creates(False)
        assert page.absent.left == "1 company is not here; rows that name it are refused."
        work = await page.get_state(ImportWork)
        work.what = "load"
        assert work._job(page).keywords["create_companies"] is False
        page.kind, page._path = "deals", str(deals)
        await page._look({})
        assert not page.compares and page.absent.count == 0

    Tab(me).play(script, ImportPage)
