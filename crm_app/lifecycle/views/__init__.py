"""What the screens of the lifecycle look like."""

from crm_app.lifecycle.views.editor import lifecycle_screen
from crm_app.lifecycle.views.moving import lifecycle_bar
from crm_app.lifecycle.views.terms import terms_screen
from crm_app.lifecycle.views.vocabularies import vocabularies_screen

__all__ = ["lifecycle_bar", "lifecycle_screen", "terms_screen", "vocabularies_screen"]
