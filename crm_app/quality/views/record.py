"""The score over a record's page: what to fix first, mended where it stands."""

from typing import Any

import reflex as rx

from crm_app.quality.rows import Gap
from crm_app.quality.state import RecordScore
from crm_app.records.page.state import RecordScreen
from crm_app.records.state import RefSearch
from crm_app.ui.elements import button, tag
from crm_app.ui.inputs import inline_edit, part_list


def _editor(place: Any) -> rx.Component:
    """The field or the parts of the page of that name, ready to be edited."""
    page = RecordScreen.page

    def own(one: Any) -> rx.Component:
        control = inline_edit(
            property=one,
            answer=RecordScreen.answer,
            version=page.version,
            found=RefSearch.found,
            on_save=RecordScreen.save_field,
            on_search=RefSearch.look_up,
        )
        return rx.cond(one.field == place, rx.fragment(control, key=one.field), rx.fragment(key=one.field))

    def many(parts: Any) -> rx.Component:
        control = part_list(
            parts=parts,
            answer=RecordScreen.answer,
            found=RefSearch.found,
            on_search=RefSearch.look_up,
            on_save=RecordScreen.save_part,
            on_remove=RecordScreen.remove_part,
            on_primary=RecordScreen.make_primary,
        )
        return rx.cond(parts.name == place, rx.fragment(control, key=parts.name), rx.fragment(key=parts.name))

    return rx.cond(page, rx.fragment(rx.foreach(page.properties, own), rx.foreach(page.parts, many)), rx.fragment())


def _gap(one: rx.vars.ObjectVar[Gap]) -> rx.Component:
    return rx.el.li(rx.el.span(one.name, class_name="mut"), _editor(one.field), key=one.key)


def record_score() -> rx.Component:
    """Nothing for a record that is not looked at; the number alone for a whole one."""
    found: Any = RecordScore.found
    first = found.gaps[0]
    rest = rx.el.ul(rx.foreach(found.gaps[1:], _gap), class_name="qgaps")
    more = button(
        rx.cond(RecordScore.more, "Show less", (found.gaps.length() - 1).to(str) + " more"),
        kind="quiet",
        on_click=RecordScore.toggle,
    )
    fix = rx.fragment(
        rx.el.span("Fix first: ", rx.el.b(first.name), class_name="first"),
        _editor(first.field),
        rx.cond(found.gaps.length() > 1, more, rx.fragment()),
    )
    return rx.cond(
        found.score >= 0,
        rx.el.section(
            rx.el.div(
                tag("Quality " + found.score.to(str), found.tone),
                rx.cond(found.gaps.length() > 0, fix, rx.el.span("Nothing to fix.", class_name="mut")),
                class_name="worthline",
            ),
            rx.cond(RecordScore.more & (found.gaps.length() > 1), rest, rx.fragment()),
            class_name="worth",
            custom_attrs={"aria-label": "Quality of this record"},
        ),
        rx.fragment(),
    )
