"""A row of cells becomes a draft: every cell checked by itself, all that is wrong said together."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crm_app.core.changes.kinds import Field
from crm_app.imports.columns import ASK, CUSTOM, SKIP, Mapped, Place
from crm_app.imports.recipes.recipe import Draft, Recipe
from crm_app.imports.values import convert
from crm_app.records.custom.fields import Definition, checked


class Drafter:
    """Reads the rows of one file."""

    def __init__(
        self,
        recipe: Recipe,
        columns: Sequence[Mapped],
        places: dict[str, Place],
        custom_ids: dict[int, int],
        currency: str,
        zone: str,
    ) -> None:
        self.recipe, self.currency, self.zone = recipe, currency, zone
        self._custom = [(c.index, str(custom_ids.get(c.index, ""))) for c in columns if c.target == CUSTOM]
        self._columns = [(c, places[c.target]) for c in columns if c.target not in (CUSTOM, SKIP, ASK)]
        self._currency_at = next((c.index for c, p in self._columns if c.target == "currency"), None)
        filled = recipe.supplies | frozenset(recipe.defaults)
        fields = [p.field for _, p in self._columns if p.field and p.field.required and not p.children]
        self._required = [f for f in fields if f.name not in filled]
        self._given = frozenset(c.target for c, _ in self._columns)

    def draft(self, row_no: int, cells: list[str]) -> Draft:
        """Raises ValueError with every reason why the row cannot be taken."""
        found = Draft(row_no, cells, given=self._given)
        currency = self.currency
        wrong: list[str] = []
        if self._currency_at is not None and cells[self._currency_at].strip():
            currency = cells[self._currency_at].strip().upper()
            if len(currency) != 3 or not currency.isalpha():
                raise ValueError(f"Currency: {currency[:20]!r} is not a code such as EUR.")
        for column, place in self._columns:
            text = cells[column.index].strip()
            if not text:
                continue
            try:
                self._place(found, place, currency if column.target == "currency" else text, currency, column.scale)
            except ValueError as error:
                wrong.append(str(error))
        for index, key in self._custom:
            if key and (text := cells[index].strip()):
                found.custom[key] = text[:2000]
        wrong += [f"{f.label} is required." for f in self._required if f.name not in found.values | found.names]
        if wrong:
            raise ValueError(" ".join(wrong))
        self.recipe.read(found)
        return found

    def _place(self, found: Draft, place: Place, text: str, currency: str, scale: Decimal | None) -> None:
        name = place.target.name
        if place.field is None:
            found.extras[name] = text
        elif place.children is not None:
            part, _, child = name.partition(".")
            if place.field.ref:
                found.part_names.setdefault(part, {})[child] = text
            else:
                found.parts.setdefault(part, {})[child] = self._value(place.field, text, currency, scale)
        elif place.field.ref:
            found.names[name] = text
        elif place.definition is not None:
            found.custom[str(place.definition.id)] = self._custom_value(place.definition, text, currency, scale)
        else:
            found.values[name] = self._value(place.field, text, currency, scale)

    def _custom_value(self, definition: Definition, text: str, currency: str, scale: Decimal | None) -> Any:
        """Numbers and days as people write them in files; then the rules of the field."""
        if definition.type in ("int", "float", "money", "date"):
            return checked(definition, convert(definition.field, text, currency, self.zone, scale))
        return checked(definition, text)

    def _value(self, field: Field, text: str, currency: str, scale: Decimal | None) -> object:
        return convert(field, text, currency, self.zone, scale)
