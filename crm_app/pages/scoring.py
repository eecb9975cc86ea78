"""The rules by which people are scored."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.pages.feed import ScoringFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import SCORING
from crm_app.scoring.state import ScoringRules
from crm_app.scoring.views import scoring_screen
from crm_app.ui.live import live


def scoring_page() -> rx.Component:
    """The screen in its frame; what another administrator changes appears."""
    body = rx.fragment(scoring_screen(), live(push=ScoringFeed.push, on_change=[ScoringRules.load]))
    return framed(body, title="Scoring", current=SCORING.path, after_undo=ScoringRules.load)


PAGE = Page(SCORING.path, "Scoring · Kith", scoring_page, (Viewer.load, ScoringFeed.follow, ScoringRules.load))
