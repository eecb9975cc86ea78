"""`Delete…` of a record's page: asked once, on the version that was seen, taken back from the message."""

import reflex as rx
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.errors import Conflict, Forbidden, KithError
from crm_app.core.text import id_of
from crm_app.identity.handlers import actor, allow
from crm_app.identity.links import safe_next
from crm_app.identity.policy import decide
from crm_app.records.editing import delete_record
from crm_app.records.listing import fields_of
from crm_app.records.page.walk import walk_of
from crm_app.records.reading import record_row
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

ASKED = ("person", "company", "deal", "quote", "invoice")
AGAIN = "Look at it again, or press Delete once more to delete it as it stands now."


def title_to_delete(session: Session, who: Principal, name: str, id: int) -> str:
    """What the question calls the record. Raises NotFound or Forbidden."""
    row, known = record_row(session, who, name, id), kind(name)
    verdict = decide(who, "delete", name, row[known.owner] if known.owner else None, record_id=id)
    if not verdict.allowed:
        raise Forbidden(verdict.why)
    return row[known.title] or known.label


def what_changed(session: Session, who: Principal, name: str, conflict: Conflict) -> str:
    """What somebody else did to the record, in the words of its page as far as `who` may read them."""
    labels = {n: f.label for n, f in fields_of(session, who, name).items()}
    labels |= {part.name: part.label for part in kind(name).children}
    told = ", ".join(dict.fromkeys(labels[c.field] for c in conflict.conflicts if c.field in labels))
    return f"Somebody changed this meanwhile{': ' + told if told else ''}. {AGAIN}"


class RecordDelete(rx.State):
    """The dialog; `kind`, `id` and `version` are the record that it was opened for, as it was shown."""

    open: rx.Field[bool] = rx.field(False)
    kind: rx.Field[str] = rx.field("")
    id: rx.Field[int] = rx.field(0)
    version: rx.Field[int] = rx.field(0)
    title: rx.Field[str] = rx.field("")
    error: rx.Field[str] = rx.field("")
    back: rx.Field[str] = rx.field("")

    @rx.event
    @allow("any")
    async def start(self, name: str, id: int, version: int, back: str) -> None:
        """`back` is where to go afterwards; the list that the record was opened from comes first."""
        if name not in ASKED or id_of(str(id)) is None:
            return
        try:
            self.title = await db.read(title_to_delete, actor(), name, id)
        except KithError as refusal:
            (await self.get_state(Toaster)).latest = plain_toast("Not deleted. " + refusal.message, "bad")
            return
        query = self.router.url.query_parameters.get("list", "")
        self.back = (await db.read(walk_of, actor(), name, id, query)).back or safe_next(back)
        self.open, self.kind, self.id, self.version, self.error = True, name, id, version, ""

    @rx.event
    @allow("any")
    async def close(self) -> None:
        self.open = False

    @rx.event
    @allow("person.delete")
    async def person(self, values: dict[str, str]):
        return await self._delete("person")

    @rx.event
    @allow("company.delete")
    async def company(self, values: dict[str, str]):
        return await self._delete("company")

    @rx.event
    @allow("deal.delete")
    async def deal(self, values: dict[str, str]):
        return await self._delete("deal")

    @rx.event
    @allow("quote.delete")
    async def quote(self, values: dict[str, str]):
        return await self._delete("quote")

    @rx.event
    @allow("invoice.delete")
    async def invoice(self, values: dict[str, str]):
        return await self._delete("invoice")

    async def _delete(self, name: str):
        """Away from the page of what is gone; a refusal stands in the dialog."""
        if not self.open or self.kind != name or self.router.url.path != f"{kind(name).path}/{self.id}":
            self.open = False
            return None
        try:
            done = await db.write(delete_record, actor(), name, self.id, self.version)
        except Conflict as conflict:
            self.version = conflict.version
            self.error = "Not deleted. " + await db.read(what_changed, actor(), name, conflict)
            return None
        except KithError as refusal:
            self.error = "Not deleted. " + refusal.message
            return None
        self.open = False
        (await self.get_state(Toaster)).latest = undo_toast(f"{self.title} deleted.", done.batch_id)
        return rx.redirect(self.back)
