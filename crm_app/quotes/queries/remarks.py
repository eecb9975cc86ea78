"""What stands above a quote in words: who answered, what is still needed; and the figures for the seller."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.reader import day_and_time
from crm_app.identity.policy import decide
from crm_app.quotes.queries.rows import Badge
from crm_app.quotes.rules import Figures, Standing, milli_text
from crm_app.records.properties import ref_name


def remarks_of(
    session: Session, actor: Principal, row: dict[str, Any], standing: Standing, reasons: list[str]
) -> list[Badge]:
    """The tone is that of a banner: "" to know, y to do, r to mind, g for good news."""
    found = []
    if standing.replaced_by and row["state"] != "accepted":
        found.append(Badge(f"{standing.replaced_by} is newer. This version can be read, and not accepted.", "y"))
    at = row["accepted_at"] or row["declined_at"] or row["viewed_at"] or row["sent_at"]
    local = at.astimezone(ZoneInfo(actor.zone)) if at else None
    when = day_and_time(local) if local else ""
    match row["state"]:
        case "accepted":
            found.append(Badge(f"{row['accepted_by']} accepted this on {when}.", "g"))
        case "declined":
            reason = f" “{row['decline_reason']}”" if row["decline_reason"] else ""
            found.append(Badge(f"Declined on {when}.{reason}", "r"))
        case "expired":
            found.append(Badge("The validity has passed without an answer. Make a new version to offer it again.", "y"))
        case "viewed":
            found.append(Badge(f"The customer opened this on {when}.", ""))
        case "draft":
            told = decide(actor, "read", "quote", row["owner_id"], "margin_milli").allowed
            found += _approval(session, row, reasons, told)
    return found


def _approval(session: Session, row: dict[str, Any], reasons: list[str], told: bool) -> list[Badge]:
    """The reasons name the margin: they are `told` to those who may read it."""
    who = ref_name(session, kind("quote").by_name["approver_id"], row["approver_id"]) or "Somebody above"
    note = f" “{row['approval_note']}”" if row["approval_note"] else ""
    if not reasons:
        return [Badge(f"{who} approved this.{note}", "g")] if row["approval"] == "approved" else []
    words = " ".join(reasons) if told else "It is beyond the rules for discounts."
    match row["approval"]:
        case "asked":
            return [Badge(f"{words} An approval was asked for.{note}", "y")]
        case "refused":
            return [Badge(f"{words} {who} did not approve this.{note}", "r")]
        case "approved":
            return [Badge(f"{words} That is more than {who} approved.", "y")]
    return [Badge(f"{words} It needs an approval before it is sent.", "y")]


def badges_of(figures: Figures, reasons: list[str], sells: bool, locale: str) -> list[Badge]:
    """The discount and the margin, for those who make quotes."""
    if not sells:
        return []
    found = []
    if figures.discount_milli:
        tone = "y" if any("discount" in r for r in reasons) else ""
        found.append(Badge(f"{_short(figures.discount_milli, locale)} % below list", tone))
    if figures.margin_milli is not None:
        tone = "r" if figures.margin_milli < 0 else "y" if any("margin" in r for r in reasons) else "g"
        found.append(Badge(f"Margin {_short(figures.margin_milli, locale)} %", tone))
    return found


def _short(milli: int, locale: str) -> str:
    """With one decimal at most: `12.5`."""
    return milli_text(milli // 100 * 100, locale)
