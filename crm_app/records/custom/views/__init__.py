"""The screen of custom fields."""

from crm_app.records.custom.views.page import fields_screen

__all__ = ["fields_screen"]
