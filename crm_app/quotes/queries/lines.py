"""The lines and the totals of a quote, as its editor shows them."""

from dataclasses import replace
from typing import Any

from crm_app.core.actor import Principal
from crm_app.core.money import format_exact
from crm_app.quotes.queries.rows import LineRow, TotalRow
from crm_app.quotes.rules import Totals, amount_text, milli_text
from crm_app.records.properties import Property

Row = dict[str, Any]


class Lines:
    """Makes the rows of one quote."""

    def __init__(self, actor: Principal, quote: Row, editable: bool) -> None:
        self.actor, self.quote, self.editable = actor, quote, editable
        self.currency = quote["currency"]

    def money(self, minor: int) -> str:
        """With its cents, as on a document."""
        return format_exact(minor, self.currency, self.actor.locale)

    def _milli(self, milli: int) -> str:
        return milli_text(milli, self.actor.locale)

    def _typed(self, minor: int) -> str:
        return amount_text(minor, self.currency, self.actor.locale)

    def rows(self, lines: list[Row], totals: Totals) -> list[LineRow]:
        """In their order; the first of each section bears its heading."""
        found, section = [], ""
        for place, (line, amount) in enumerate(zip(lines, totals.lines, strict=True)):
            begins = line["section"] != section
            section = line["section"]
            found.append(self._row(place, line, amount, begins))
        return found

    def _row(self, place: int, line: Row, amount: int, begins: bool) -> LineRow:
        id = line["id"]
        head = self._text(f"section.{id}", "Section", line["section"]) if begins else None
        priceless = line["product_id"] is not None and line["list_price_minor"] is None and not line["unit_price_minor"]
        return LineRow(
            id=id,
            place=place,
            head=head,
            name=self._text(f"lines.{id}.name", "Name", line["name"]),
            description=self._text(f"lines.{id}.description", "Description", line["description"], "longtext"),
            quantity=self._text(f"lines.{id}.quantity", "Quantity", self._milli(line["quantity_milli"]), "float"),
            unit=self._text(f"lines.{id}.unit", "Unit", line["unit"]),
            price=self._money(f"lines.{id}.unit_price", "Price", line["unit_price_minor"]),
            discount=self._discount(f"lines.{id}.discount", line),
            tax=self._text(f"lines.{id}.tax", "Tax", self._milli(line["tax_milli"]), "percent"),
            amount=self.money(amount),
            optional=line["optional"],
            counts=line["ticked"] or not line["optional"],
            warning=f"There is no price in {self.currency}. Please type one." if priceless else "",
        )

    def discount(self, row: Row) -> str:
        """As it is typed: `10 %`, an amount, or nothing."""
        if row["discount_milli"]:
            return f"{self._milli(row['discount_milli'])} %"
        return self._typed(row["discount_minor"]) if row["discount_minor"] else ""

    def _discount(self, field: str, row: Row) -> Property:
        given = row["discount_minor"] if not row["discount_milli"] else 0
        typed = self._text(field, "Discount", self.discount(row), "discount")
        return replace(typed, value=self.money(given)) if given else typed

    def _money(self, field: str, label: str, minor: int) -> Property:
        """Read with its currency, typed without."""
        return replace(self._text(field, label, self._typed(minor), "money"), value=self.money(minor))

    def _text(self, field: str, label: str, raw: str, type: str = "text") -> Property:
        shown = f"{raw} %" if type == "percent" else raw
        kept = {"percent": "float", "discount": "text"}.get(type, type)
        return Property(field, label, shown, raw, kept, self.editable)

    def totals(self, totals: Totals) -> list[TotalRow]:
        """The sum, what is taken off, shipping, the taxes of each rate and the total."""
        inside = self.quote["price_mode"] == "inclusive"
        rows = []
        shipping_tax = self._text("shipping_tax_milli", "Tax", self._milli(self.quote["shipping_tax_milli"]), "percent")
        if self.editable or totals.discount_minor or totals.shipping_minor:
            rows.append(TotalRow("Sum of the lines", self.money(totals.subtotal_minor)))
        if self.editable or totals.discount_minor:
            edit = self._discount("discount", self.quote)
            rows.append(TotalRow("Discount", self.money(-totals.discount_minor), edits=[edit]))
        if self.editable or totals.shipping_minor:
            empty = self._text("shipping_minor", "Shipping", "", "money")
            given = self.quote["shipping_minor"]
            edits = [self._money("shipping_minor", "Shipping", given) if given else empty]
            edits += [shipping_tax] if totals.shipping_minor else []
            rows.append(TotalRow("Shipping", self.money(totals.shipping_minor), edits=edits))
        if not inside:
            rows.append(TotalRow("Net", self.money(totals.net_minor)))
        for tax in totals.taxes:
            of = f"Tax {self._milli(tax.rate_milli)} % of {self.money(tax.net_minor)}"
            rows.append(TotalRow(of, self.money(tax.tax_minor)))
        label = "Total, taxes included" if inside else "Total"
        return [*rows, TotalRow(label, self.money(totals.total_minor), strong=True)]
