"""The words of the demo company: its lifecycle, its terms, and the industries that it knows."""

from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.demo.marks import DEMO
from crm_app.lifecycle.editor import set_up
from crm_app.lifecycle.gate import read_process
from crm_app.lifecycle.terms.service import set_up_terms

# The files misspell the last but one, and have one source that is in no list: the pages propose what to do about it.
INDUSTRIES = (
    ("employment", ("staffing", "recruiting")),
    ("entertainment", ("media",)),
    ("finance", ("banking", "financial services")),
    ("marketing", ("advertising",)),
    ("medical", ("health care", "pharma")),
    ("retail", ("trade",)),
    ("services", ()),
    ("software", ("saas",)),
    ("technology", ("tech", "hardware")),
    ("telecommunications", ("telecom", "telco")),
)
SOURCES = (
    ("Cold call", ()),
    ("Newsletter", ("mailing",)),
    ("Recommendation", ()),
    ("Referral", ("introduced by",)),
    ("Trade fair", ("exhibition", "conference")),
    ("Webinar", ()),
    ("Website", ("web", "homepage", "contact form")),
)


def seed_lifecycle(session: Session) -> None:
    """The usual conditions, unless there are some that outlived an earlier demo."""
    if not read_process(session):
        set_up(session, SYSTEM, source=DEMO)


def seed_words(session: Session) -> None:
    """The usual terms and two managed lists."""
    set_up_terms(session, SYSTEM, source=DEMO)
    lists = {"industry": INDUSTRIES, "source": SOURCES}
    changes = [
        Change("vocabulary_term", op="create", set={"vocabulary": name, "name": word, "synonyms": list(synonyms)})
        for name, words in lists.items()
        for word, synonyms in words
    ]
    apply_many(session, SYSTEM, changes, source=DEMO, note="Words of the demo")
