"""The dialog for a role at a company: what somebody is or was there, and when."""

from collections.abc import Mapping

import reflex as rx
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied
from crm_app.identity.handlers import allow
from crm_app.people.service import save_role
from crm_app.records.page.opening import PersonDialog
from crm_app.records.page.state import RecordScreen


class RoleForm(PersonDialog, rx.State):
    """The dialog."""

    @rx.event
    @allow("person.edit")
    async def create(self, values: dict[str, str]) -> None:
        screen = await self.get_state(RecordScreen)
        await screen._part("roles", _save, values)
        if screen.answer.error:
            self.errors = {"company_id": screen.answer.error}
            return
        self.open = False


def _save(session: Session, actor: Principal, _name: str, id: int, values: Mapping[str, str]) -> Applied:
    return save_role(session, actor, id, values)
