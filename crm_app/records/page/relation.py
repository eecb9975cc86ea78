"""How somebody else is related to the person whose page it is."""

from collections.abc import Mapping

import reflex as rx
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied
from crm_app.identity.handlers import allow
from crm_app.records.editing import save_part

from .opening import PersonDialog
from .state import RecordScreen


class RelationForm(PersonDialog, rx.State):
    """The dialog."""

    @rx.event
    @allow("person.edit")
    async def create(self, values: dict[str, str]) -> None:
        screen = await self.get_state(RecordScreen)
        wanted = {k: values.get(k, "").strip() for k in ("other_id", "type", "note")}
        if not wanted["other_id"]:
            self.errors = {"other_id": "Choose a person from the list."}
            return
        if screen.page is not None and wanted["other_id"] == str(screen.page.id):
            self.errors = {"other_id": "That is the same person."}
            return
        await screen._part("relations", _save_relation, wanted)
        if screen.answer.error:
            self.errors = {"other_id": screen.answer.error}
            return
        self.open = False


def _save_relation(session: Session, actor: Principal, name: str, id: int, values: Mapping[str, str]) -> Applied:
    return save_part(session, actor, name, id, "relations", 0, values)
