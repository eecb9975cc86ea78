"""What won and lost deals teach, and how far it can be relied on."""

from typing import Any

import reflex as rx

from crm_app.scoring.screen import BinRow
from crm_app.scoring.state import ScoringRules


def _bin(row: rx.vars.ObjectVar[BinRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.words, scope="row"),
        rx.el.td(row.count, class_name="num"),
        rx.el.td(row.foretold, class_name="num"),
        rx.el.td(row.won, class_name="num"),
        key=row.words,
    )


def learned_section() -> rx.Component:
    """The measure first; the table says whether what was foretold came true as often."""
    page: Any = ScoringRules.page
    learned = page.learned
    heads = [rx.el.th(n, scope="col", class_name="num") for n in ("Deals", "Foretold", "Won")]
    table = rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(rx.el.th("Chance", scope="col"), *heads)),
            rx.el.tbody(rx.foreach(learned.bins, _bin)),
            class_name="small",
        ),
        class_name="plaintbl",
    )
    measured = rx.fragment(rx.el.p(learned.words, class_name="note"), rx.el.p(rx.el.b(learned.verdict)), table)
    return rx.el.section(
        rx.el.header(rx.el.h3("Learned from won and lost")),
        rx.el.div(
            rx.cond(learned.missing != "", rx.el.p(learned.missing, class_name="mut"), measured), class_name="pad stack"
        ),
        class_name="box",
        custom_attrs={"aria-label": "Learned from won and lost"},
    )
