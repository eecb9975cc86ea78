"""How each kind is imported; a kind that is not here cannot be."""

from crm_app.core.changes import Kind, kind, kinds
from crm_app.core.errors import Refused
from crm_app.imports.recipes.deals import DealRecipe
from crm_app.imports.recipes.people import PersonRecipe
from crm_app.imports.recipes.rates import RateRecipe
from crm_app.imports.recipes.recipe import Draft, Recipe
from crm_app.imports.recipes.users import UserRecipe

RECIPES: dict[str, type[Recipe]] = {
    "company": Recipe,
    "product": Recipe,
    "user": UserRecipe,
    "deal": DealRecipe,
    "person": PersonRecipe,
    "rate": RateRecipe,
}

__all__ = ["RECIPES", "Draft", "Recipe", "importable", "kind_and_recipe"]


def importable() -> list[Kind]:
    """The kinds that can be imported, in the order in which they refer to each other."""
    return [kind(name) for name in RECIPES]


def kind_and_recipe(name: str) -> tuple[Kind, Recipe]:
    """By name or plural: `deal`, `deals`, `Deals`. Raises Refused for what cannot be imported."""
    wanted = name.strip().casefold()
    for known in kinds():
        if known.name in RECIPES and wanted in (known.name, known.plural.casefold(), known.label.casefold()):
            return known, RECIPES[known.name]()
    raise Refused(f"{name!r} cannot be imported. Choose one of: {', '.join(k.plural.lower() for k in importable())}.")
