"""Companies and deals that are there already, so that a conversion makes no second one."""

from collections.abc import Callable

from sqlalchemy import func, or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.text import sort_key
from crm_app.tables import Company, Deal, Stage

# Addresses there say nothing about where somebody works.
OPEN_TO_ALL = frozenset(
    f"{name}.{end}"
    for end, names in {
        "com": "163 aol gmail googlemail hotmail icloud live me msn outlook proton protonmail qq yahoo yandex zoho",
        "de": "freenet gmx googlemail hotmail outlook posteo t-online web yahoo",
        "fr": "free hotmail laposte orange outlook wanadoo yahoo",
        "it": "hotmail libero outlook tiscali virgilio yahoo",
        "net": "gmx comcast",
        "org": "mailbox",
        "at": "gmx aon",
        "ch": "gmx bluewin",
        "co.uk": "hotmail yahoo",
        "me": "proton pm",
        "ru": "mail yandex",
    }.items()
    for name in names.split()
)
company, deal, stage = table_of(Company), table_of(Deal), table_of(Stage)
Matcher = Callable[[Session, Principal, str, str], int | None]
_matchers: list[Matcher] = []


def register_company_matcher(matcher: Matcher) -> None:
    """Ask this function (session, actor, name, domain) as well; it answers with the id of the same company."""
    if matcher not in _matchers:
        _matchers.append(matcher)


def domain_of(email: str) -> str:
    """The domain that says where somebody works; empty for one that is open to all."""
    domain = email.rpartition("@")[2].strip().lower()
    return "" if domain in OPEN_TO_ALL or "." not in domain else domain


def same_company(session: Session, actor: Principal, name: str, domain: str = "") -> int | None:
    """The oldest living company of that name, else of that domain, else what a registered matcher finds."""
    run = session.connection().execute
    query = select(company.c.id).where(company.c.deleted_at.is_(None)).order_by(company.c.id).limit(1)
    found = run(query.where(company.c.sort_key == sort_key(name))).scalar() if name.strip() else None
    if found is None and domain:
        host = func.lower(company.c.domain)
        forms = [domain, f"www.{domain}", f"https://{domain}", f"https://www.{domain}", f"http://{domain}"]
        found = run(query.where(or_(*(host == form for form in forms), host.like(f"https://{domain}/%")))).scalar()
    for matcher in _matchers:
        found = found if found is not None else matcher(session, actor, name, domain)
    return found


def same_deal(session: Session, title: str, person_id: int, company_id: int | None) -> int | None:
    """An open deal of that title with this person, or with their company."""
    belongs = [deal.c.person_id == person_id]
    if company_id is not None:
        belongs.append(deal.c.company_id == company_id)
    query = (
        select(deal.c.id)
        .join(stage, stage.c.id == deal.c.stage_id)
        .where(deal.c.sort_key == sort_key(title), deal.c.deleted_at.is_(None), stage.c.kind == "open", or_(*belongs))
    )
    return session.connection().execute(query.order_by(deal.c.id).limit(1)).scalar()
