"""The states of the page of quality, its settings, and the score on a record's page."""

from crm_app.quality.state.checks import QualityChecks
from crm_app.quality.state.page import QualityScreen
from crm_app.quality.state.record import RecordScore
from crm_app.quality.state.settings import QualityRules

__all__ = ["QualityChecks", "QualityRules", "QualityScreen", "RecordScore"]
