"""Commands of quality: settings of rules, reviews of rights, checks. Administrators only; they never commit."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.clock import now
from crm_app.core.errors import Forbidden, Invalid, NotFound
from crm_app.core.text import clip, id_of
from crm_app.identity.policy import decide
from crm_app.quality.checks.asking import listing_of_check
from crm_app.quality.checks.running import run_by_hand
from crm_app.quality.facts import all_rules, stored_settings
from crm_app.quality.fields import GAP
from crm_app.quality.queries.control import REVIEW_DAYS, REVIEW_KEY
from crm_app.quality.queries.whose import is_one
from crm_app.quality.rules.catalogue import KINDS, MOST_DAYS, MOST_WEIGHT
from crm_app.records.listing.rules import dump_filter, group_of, parse_filter

NUMBER = "A whole number from {} to {}, please."
CHECK_FIELDS = {"name", "what", "schedule", "goes_to", "person_id", "active"}


def save_rule(session: Session, actor: Principal, key: str, texts: Mapping[str, str], version: int = 0) -> Applied:
    """Weight, days, and whether it holds. Raises Invalid by field, Forbidden, NotFound, Conflict."""
    rule = next((r for r in all_rules(session) if r.key == key), None)
    if rule is None:
        raise NotFound("There is no such rule.")
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {"active": texts.get("active", "") not in ("", "false")}
    values["weight"] = _number(texts.get("weight", ""), 0, MOST_WEIGHT, "weight", wrong)
    if rule.days:
        values["days"] = _number(texts.get("days", ""), 1, MOST_DAYS, "days", wrong)
    if wrong:
        raise Invalid(wrong)
    return _put_setting(session, actor, key, rule.name, values, version)


def set_review_days(session: Session, actor: Principal, text: str, version: int = 0) -> Applied:
    """How many days a review of rights is good for. Raises Invalid, Forbidden."""
    wrong: dict[str, str] = {}
    days = _number(text, 1, MOST_DAYS, "days", wrong)
    if wrong:
        raise Invalid(wrong)
    return _put_setting(session, actor, REVIEW_KEY, "Rights reviewed", {"days": days or REVIEW_DAYS}, version)


def _put_setting(
    session: Session, actor: Principal, key: str, name: str, values: dict[str, Any], version: int
) -> Applied:
    stored = stored_settings(session).get(key)
    if stored is None:
        return apply(session, actor, Change("quality_rule", op="create", set={"key": key, "name": name} | values))
    return apply(session, actor, Change("quality_rule", stored.id, values, expected=version or None))


def _number(text: str, low: int, high: int, field: str, wrong: dict[str, str]) -> int | None:
    number = id_of(text.strip())
    if number is None or not low <= number <= high:
        wrong[field] = NUMBER.format(low, high)
        return None
    return number


def confirm_review(session: Session, actor: Principal, note: str = "") -> Applied:
    """Somebody who may administer says that the rights are as they should be. Raises Forbidden."""
    name = f"Rights reviewed by {actor.name}"[:120]
    values = {"name": name, "reviewer_id": actor.id, "reviewed_at": now(), "note": clip(note, 500)}
    return apply(session, actor, Change("rights_review", op="create", set=values))


def save_check(
    session: Session, actor: Principal, check_id: int, texts: Mapping[str, str], version: int = 0
) -> Applied:
    """A new check (id 0) or a changed one. `what` is the key of a rule, or `kind?f=…` of a list.

    Raises Invalid by field, Forbidden, NotFound, Conflict.
    """
    if foreign := set(texts) - CHECK_FIELDS:
        raise Invalid(dict.fromkeys(foreign, "This cannot be saved."))
    wrong: dict[str, str] = {}
    name = texts.get("name", "").strip()
    if not name:
        wrong["name"] = "Give the check a name."
    kind_name, parameters = "", dict[str, str]()
    try:
        kind_name, parameters = read_what(session, texts.get("what", ""))
    except Invalid as refusal:
        wrong["what"] = refusal.message
    person = texts.get("person_id", "").strip()
    if texts.get("goes_to") == "person" and not person:
        wrong["person_id"] = "Choose who gets the task."
    if wrong:
        raise Invalid(wrong)
    values: dict[str, Any] = {
        "name": name,
        "kind": kind_name,
        "parameters": parameters,
        "schedule": texts.get("schedule", ""),
        "goes_to": texts.get("goes_to", ""),
        "person_id": id_of(person) if person else None,
        "active": texts.get("active", "") not in ("", "false"),
    }
    if not check_id:
        return apply(session, actor, Change("quality_check", op="create", set=values))
    return apply(session, actor, Change("quality_check", check_id, values, expected=version or None))


def read_what(session: Session, text: str) -> tuple[str, dict[str, str]]:
    """A rule (`person.owner`) or the address of a list (/people?f=…): its kind and its filter. Raises Invalid."""
    text = text.strip()
    rule = next((r for r in all_rules(session) if r.key == text), None)
    if rule is not None:
        return rule.kind, {"f": dump_filter(group_of({"all": [is_one(GAP, rule.key)]}))}
    kind_name, parameters = _address(text)
    listing = listing_of_check(session, kind_name, parameters)
    if not listing.filter.items and not listing.text:
        raise Invalid({"what": "This list has no filter: a check asks for those that are wrong."})
    kept = {"f": dump_filter(listing.filter)} if listing.filter.items else {}
    return kind_name, kept | ({"q": listing.text} if listing.text else {})


def _address(text: str) -> tuple[str, dict[str, str]]:
    from urllib.parse import parse_qsl, urlsplit

    from crm_app.quality.queries.whose import LISTS

    try:
        parts = urlsplit(text)
        given = dict(parse_qsl(parts.query))
    except ValueError:
        given, parts = {}, urlsplit("")
    found = next((name for name in KINDS if parts.path == LISTS[name]), None)
    if found is None:
        raise Invalid(
            {"what": "Choose a rule, or paste the address of a list of people, companies, deals or activities."}
        )
    parse_filter(given.get("f", ""))
    return found, {name: given[name] for name in ("f", "q") if name in given}


def delete_check(session: Session, actor: Principal, check_id: int) -> Applied:
    """It asks no more; tasks that are open stay. Raises Forbidden, NotFound."""
    return apply(session, actor, Change("quality_check", check_id, op="delete"))


def run_now(session: Session, actor: Principal, check_id: int) -> Any:
    """At once, by hand. Raises Forbidden, NotFound, Invalid."""
    if not decide(actor, "administer", "quality"):
        raise Forbidden("Only an administrator runs checks.")
    return run_by_hand(session, check_id)
