"""The rules by which people are scored."""

from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import SCORING
from crm_app.scoring.state import ScoringRules
from crm_app.scoring.views import scoring_screen

PAGE = Page(
    SCORING.path,
    "Scoring · Kith",
    lambda: framed(scoring_screen(), title="Scoring", current=SCORING.path, after_undo=ScoringRules.load),
    (Viewer.load, ScoringRules.load),
)
