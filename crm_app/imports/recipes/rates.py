"""Rates: one for each currency and day; the same day again replaces it."""

from typing import ClassVar

from crm_app.core.config import settings
from crm_app.imports.recipes.recipe import Draft, Recipe
from crm_app.rates.rules import problem


class RateRecipe(Recipe):
    """Currencies in any letters; a rate is more than nothing."""

    match: ClassVar = (("currency", "day"),)

    def read(self, draft: Draft) -> None:
        """The currency as it is written everywhere. Raises ValueError for what is none."""
        currency = str(draft.values.get("currency", "")).strip().upper()
        draft.values["currency"] = currency
        if wrong := problem(currency, settings().currency):
            raise ValueError(wrong)
