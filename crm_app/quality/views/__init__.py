"""The page of quality, its settings, and the score beside a record."""

from crm_app.quality.views.page import quality_screen
from crm_app.quality.views.record import record_score
from crm_app.quality.views.settings import settings_screen

__all__ = ["quality_screen", "record_score", "settings_screen"]
