"""What the dialog for a new deal offers: stages that are open, and whom the actor may give it to."""

from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.deals.queries import open_stages
from crm_app.records.assignees import assignable
from crm_app.records.create.offers import Offers


def offers_for_deal(session: Session, actor: Principal) -> Offers:
    """A deal begins today, in the first open stage unless another one is chosen."""
    choices = {"stage_id": open_stages(session, actor), "owner_id": assignable(session, actor, "deal")}
    return Offers(choices, {"opened_on": clock.today(actor.zone)})
