"""The figures that an address asks for; reviewing rights."""

from collections.abc import Mapping

import reflex as rx

from crm_app.core import db
from crm_app.core.text import id_of
from crm_app.identity.handlers import actor, allow
from crm_app.identity.telling import carry_out
from crm_app.quality.nights import SCORE
from crm_app.quality.queries.page import MEASURES, quality_page
from crm_app.quality.queries.whose import GROUPINGS, Asked
from crm_app.quality.rows import QualityView
from crm_app.quality.service import confirm_review


def read_asked(parameters: Mapping[str, str]) -> tuple[Asked, str]:
    """What an address such as ?by=team&who=team:7&m=consistency asks for; nonsense counts as absent."""
    by, measure = parameters.get("by", ""), parameters.get("m", "")
    what, _, number = parameters.get("who", "").partition(":")
    id = id_of(number)
    asked = Asked(
        by if by in GROUPINGS else GROUPINGS[0], id if what == "owner" else None, id if what == "team" else None
    )
    return asked, measure if measure in MEASURES else SCORE


class QualityScreen(rx.State):
    """The five Cs for this viewer."""

    view: rx.Field[QualityView | None] = rx.field(None)
    reviewing: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("quality.read")
    async def load(self) -> None:
        asked, measure = read_asked(self.router.url.query_parameters)
        self.view = await db.read(quality_page, actor(), asked, measure)

    @rx.event
    @allow("quality.administer")
    async def start_review(self) -> None:
        self.reviewing = True

    @rx.event
    @allow("quality.administer")
    async def close_review(self) -> None:
        self.reviewing = False

    @rx.event
    @allow("quality.administer")
    async def confirm(self, values: dict[str, str]):
        if not self.reviewing:  # pressed twice
            return None
        self.reviewing = False
        said = "The review of rights is noted."
        await carry_out(self, confirm_review, values.get("note", ""), said=said, refused="Not noted.")
        return QualityScreen.load
