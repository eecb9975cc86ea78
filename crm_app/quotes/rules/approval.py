"""When a quote needs somebody's consent before it is sent."""

from dataclasses import dataclass

from crm_app.core.actor import Principal
from crm_app.core.numbers import milli_text
from crm_app.quotes.rules.figures import Figures


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits in thousandths of a percent; None: no limit."""

    most_discount_milli: int | None = None
    least_margin_milli: int | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    """What somebody agreed to: so much discount, so little margin."""

    discount_milli: int
    margin_milli: int | None


def reasons_for_approval(policy: Policy, figures: Figures, approved: Approved | None = None) -> list[str]:
    """Why it cannot be sent yet; empty if it can. An approval covers what is no worse than what was approved."""
    found = []
    discount, margin = figures.discount_milli, figures.margin_milli
    limit = policy.most_discount_milli
    if limit is not None and discount > limit and (approved is None or discount > approved.discount_milli):
        found.append(f"The discount of {milli_text(discount)} % is more than {milli_text(limit)} %.")
    least = policy.least_margin_milli
    if least is not None and margin is not None and margin < least:
        agreed = approved.margin_milli if approved else None
        if agreed is None or margin < agreed:
            found.append(f"The margin of {milli_text(margin)} % is less than {milli_text(least)} %.")
    return found


def may_approve(actor: Principal, owner_id: int | None) -> bool:
    """An administrator, or a manager in whose team or below the owner is; nobody for oneself but an administrator."""
    if actor.system or actor.role == "administrator":
        return True
    return actor.role == "manager" and owner_id in actor.member_ids and owner_id != actor.id
