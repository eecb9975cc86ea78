"""The page of a record: identity and properties, the timeline, what is related. Tabs on a phone."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.records.page.deleting import RecordDelete
from crm_app.records.page.related import related_panel
from crm_app.records.page.relation import RelationForm
from crm_app.records.page.rows import Parts, Property
from crm_app.records.page.state import ListWalk, RecordScreen
from crm_app.records.state import RefSearch
from crm_app.ui import addresses
from crm_app.ui.elements import empty, link, page_link, skeleton, skeleton_rows, tag
from crm_app.ui.field import field, text_field
from crm_app.ui.icons import icon
from crm_app.ui.inputs import inline_edit, lookup, panes, part_list, tag_list
from crm_app.ui.overlay import clash_dialog, dialog, menu, menu_item, menu_link

LABELS = ["Details", "Timeline", "Related"]


def _identity() -> rx.Component:
    page = RecordScreen.page
    return rx.el.div(
        rx.el.span(page.initials, class_name="av l tint" + page.tint.to(str), custom_attrs={"aria-hidden": "true"}),
        rx.el.div(
            rx.el.h2(page.title, class_name="title"),
            rx.cond(page.subtitle != "", rx.el.p(page.subtitle), rx.fragment()),
        ),
        _more(),
        class_name="id",
    )


def _ask_to_delete() -> Any:
    page = RecordScreen.page
    above = rx.cond(page.kind == "person", addresses.PEOPLE, addresses.COMPANIES)
    return RecordDelete.start(page.kind, page.id, page.version, above)


def _more() -> rx.Component:
    """What else can be done with the record."""
    page = RecordScreen.page
    address = addresses.MERGE + "?kind=" + page.kind.to(str) + "&ids=" + page.id.to(str)
    entries = menu(
        "More for this record",
        icon("more"),
        rx.cond(page.may_merge, menu_link("Merge…", "split", address), rx.fragment()),
        rx.cond(page.may_delete, menu_item("Delete…", "trash", on_click=_ask_to_delete()), rx.fragment()),
        class_name="btn quiet",
    )
    return rx.cond(page.may_merge | page.may_delete, entries, rx.fragment())


def _badges() -> rx.Component:
    page = RecordScreen.page
    return rx.el.div(
        rx.foreach(page.hints, lambda h: page_link(h.text, href=h.href, class_name="tag " + h.tone.to(str))),
        rx.foreach(page.badges, lambda b: tag(b.value, b.tone)),
        tag_list(
            tags=page.tags,
            found=RefSearch.found.options,
            answer=RecordScreen.answer,
            editable=page.may_edit,
            on_add=RecordScreen.add_tag,
            on_remove=RecordScreen.remove_tag,
            on_search=RefSearch.look_up,
        ),
        class_name="badges",
    )


def _parts(parts: rx.vars.ObjectVar[Parts]) -> rx.Component:
    return part_list(
        parts=parts,
        answer=RecordScreen.answer,
        found=RefSearch.found,
        on_search=RefSearch.look_up,
        on_save=RecordScreen.save_part,
        on_remove=RecordScreen.remove_part,
        on_primary=RecordScreen.make_primary,
        key=parts.name,
    )


def _property(one: rx.vars.ObjectVar[Property]) -> rx.Component:
    return inline_edit(
        property=one,
        answer=RecordScreen.answer,
        version=RecordScreen.page.version,
        found=RefSearch.found,
        on_save=RecordScreen.save_field,
        on_search=RefSearch.look_up,
        key=one.field,
    )


def _properties() -> rx.Component:
    page = RecordScreen.page
    return rx.el.section(
        _identity(),
        _badges(),
        rx.el.div(rx.foreach(page.parts, _parts), rx.foreach(page.properties, _property), class_name="props"),
        class_name="pane",
        custom_attrs={"aria-label": "Properties"},
    )


def walk_bar() -> rx.Component:
    """Back to the list that the record was opened from, and along it; nothing without one."""
    walk = ListWalk.walk

    def step(words: str, href: rx.Var[str], picture: str) -> rx.Component:
        there = page_link(icon(picture), href=href, class_name="btn quiet icononly", custom_attrs={"aria-label": words})
        return rx.cond(href != "", there, rx.fragment())

    return rx.cond(
        walk.back != "",
        rx.el.nav(
            page_link("Back to the list", href=walk.back, class_name="btn quiet"),
            step("Previous", walk.previous, "left"),
            rx.el.span(walk.words, class_name="mut"),
            step("Next", walk.next, "right"),
            class_name="bar",
            custom_attrs={"aria-label": "The list"},
        ),
        rx.fragment(),
    )


def relation_dialog(types: list[tuple[str, str]]) -> rx.Component:
    """Another person, and what that person is to this one."""
    return dialog(
        field(
            "Person",
            lookup(
                name="other_id",
                label="Person",
                kind="person",
                placeholder="Type a name",
                found=RefSearch.found,
                on_search=RefSearch.look_up,
            ),
            RelationForm.errors["other_id"],
        ),
        field(
            "Is, to this person",
            rx.el.select(
                *[rx.el.option(label, value=name) for name, label in types],
                name="type",
                class_name="in",
            ),
        ),
        text_field("Note", "note", max_length=200),
        open=RelationForm.open,
        title="Add relation",
        submit="Save",
        on_submit=RelationForm.create,
        on_close=RelationForm.close,
        again=RelationForm.start,
    )


def record_waiting() -> rx.Component:
    """Blocks of the size of what comes."""
    return panes(
        rx.el.section(skeleton("70%", "22px"), rx.el.br(), skeleton_rows(8, "24px"), class_name="pane"),
        rx.el.section(skeleton_rows(6, "44px"), class_name="pane"),
        rx.el.section(skeleton_rows(3, "56px"), class_name="pane"),
        labels=LABELS,
    )


def record_screen(
    centre: rx.Component,
    *,
    aside: rx.Component,
    starts: dict[str, Callable[..., Any]],
    missing: str,
    back: tuple[str, str],
) -> rx.Component:
    """Everything below the top bar; `starts` maps what a panel can add to the event that begins it."""
    return rx.fragment(
        rx.cond(
            RecordScreen.missing,
            empty(missing, "It was deleted, or you may not see it.", link(*back)),
            rx.cond(
                RecordScreen.page,
                rx.fragment(
                    walk_bar(),
                    panes(
                        _properties(),
                        rx.el.section(centre, class_name="pane", custom_attrs={"aria-label": "Timeline"}),
                        rx.el.section(
                            rx.foreach(RecordScreen.panels, lambda p: related_panel(p, starts)),
                            aside,
                            class_name="pane",
                            custom_attrs={"aria-label": "Related"},
                        ),
                        labels=LABELS,
                    ),
                ),
                record_waiting(),
            ),
        ),
        clash_dialog(
            RecordScreen.clash,
            open=RecordScreen.clashing,
            on_mine=RecordScreen.keep_mine,
            on_theirs=RecordScreen.keep_theirs,
        ),
    )
