"""The screens of the lifecycle."""

from crm_app.lifecycle.state.editor import LifecycleEditor
from crm_app.lifecycle.state.moving import LifecycleMove
from crm_app.lifecycle.state.terms import TermsPage
from crm_app.lifecycle.state.vocabularies import VocabularyPage

__all__ = ["LifecycleEditor", "LifecycleMove", "TermsPage", "VocabularyPage"]
