"""The screens of a merge and of its undo."""

import reflex as rx

from crm_app.duplicates.merge.choices import Unmerging
from crm_app.duplicates.merge.giving import Addition
from crm_app.duplicates.merge.queries import MergeCount, MergeHead, MergeLine, MergePage, MergeParts, MergeValue
from crm_app.duplicates.merge.state import MergeScreen, UnmergeScreen
from crm_app.records.state import RefSearch
from crm_app.ui import addresses
from crm_app.ui.elements import banner, button, empty, head, link, page_link, skeleton_rows
from crm_app.ui.field import choice, field
from crm_app.ui.inputs import lookup


def _radio(name: rx.Var[str], checked: rx.Var[bool], on_pick: rx.event.EventType) -> rx.Component:
    return rx.el.input(type="radio", name=name, checked=checked, on_change=on_pick)


def _head(one: rx.vars.ObjectVar[MergeHead], page: rx.vars.ObjectVar[MergePage]) -> rx.Component:
    stays = page.survivor == one.id
    return rx.el.div(
        rx.el.label(
            _radio(rx.Var.create("survivor"), stays, MergeScreen.keep(one.id)),
            rx.el.span(one.initials, class_name="av m tint" + one.tint.to(str), custom_attrs={"aria-hidden": "true"}),
            rx.el.span(
                rx.el.b(one.title),
                rx.el.span(one.note, class_name="mut"),
                rx.el.span(rx.cond(stays, "Stays", "Becomes part of it"), class_name="lab"),
                class_name="texts",
            ),
        ),
        page_link("Open", href=one.href, class_name="link", target="_blank", aria_label="Open " + one.title.to(str)),
        class_name=rx.cond(stays, "mcell on", "mcell"),
        key=one.id,
    )


def _value(one: rx.vars.ObjectVar[MergeValue], line: rx.vars.ObjectVar[MergeLine]) -> rx.Component:
    taken = MergeScreen.chosen[line.field] == one.id
    return rx.el.label(
        _radio("f-" + line.field.to(str), taken, MergeScreen.choose(line.field, one.id)),
        rx.el.span(
            rx.el.span(one.owner, class_name="mut of"),
            rx.el.span(one.text),
            rx.cond(line.proposed == one.id, rx.el.span("Proposed", class_name="tag a"), rx.fragment()),
            class_name="texts",
        ),
        class_name=rx.cond(taken, "mcell on", "mcell"),
        key=one.id,
    )


def _line(line: rx.vars.ObjectVar[MergeLine]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(line.label, class_name="lab"),
        rx.el.div(rx.foreach(line.cells, lambda one: _value(one, line)), class_name="mcells"),
        class_name="mline",
        key=line.field,
    )


def _part(part: rx.vars.ObjectVar[MergeParts]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(part.label, class_name="lab"),
        rx.el.dd(rx.el.ul(rx.foreach(part.rows, lambda text: rx.el.li(text)))),
        key=part.label,
    )


def _moved(one: rx.vars.ObjectVar[MergeCount]) -> rx.Component:
    return rx.el.div(rx.el.dt(one.label, class_name="lab"), rx.el.dd(one.count), key=one.label)


def _body(page: rx.vars.ObjectVar[MergePage]) -> rx.Component:
    return rx.el.div(
        rx.el.fieldset(
            rx.el.legend("Which one stays?", class_name="lab"),
            rx.el.div(rx.foreach(page.heads, lambda one: _head(one, page)), class_name="mcells"),
            class_name="mline",
        ),
        rx.foreach(page.lines, _line),
        rx.cond(
            page.alike.to(int) > 0,
            rx.el.p(
                page.alike, rx.cond(page.alike == 1, " field is", " fields are"), " the same in all.", class_name="mut"
            ),
            rx.fragment(),
        ),
        rx.cond(
            page.parts.length() > 0,
            rx.el.section(
                rx.el.h3("All of these stay", class_name="sect"),
                rx.el.dl(rx.foreach(page.parts, _part), class_name="mlist"),
            ),
            rx.fragment(),
        ),
        rx.el.section(
            rx.el.h3("What moves along", class_name="sect"),
            rx.cond(
                page.moves.length() > 0,
                rx.el.dl(rx.foreach(page.moves, _moved), class_name="mlist"),
                rx.el.p("Nothing else belongs to the others.", class_name="mut"),
            ),
            rx.el.p("Documents that were sent keep the name that stands on them.", class_name="mut"),
        ),
        rx.el.div(
            button("Merge", kind="pri", on_click=MergeScreen.confirm),
            rx.el.span("It can be undone for 90 days.", class_name="mut"),
            class_name="mend",
        ),
        class_name="merge",
    )


def _choose_other() -> rx.Component:
    return rx.el.form(
        rx.el.p("Merge ", rx.el.b(MergeScreen.first), " with another one."),
        field(
            "Which one is the same?",
            lookup(
                name="other_id",
                label="The other one",
                kind=MergeScreen.kind,
                placeholder="Type a name",
                found=RefSearch.found,
                on_search=RefSearch.look_up,
            ),
            MergeScreen.problem,
        ),
        button("Compare", kind="pri", type="submit"),
        on_submit=MergeScreen.add,
        class_name="merge narrow",
    )


def merge_screen() -> rx.Component:
    """Below the top bar."""
    nothing = empty(
        "Nothing to merge was chosen",
        "Select two to five people or companies in their list, or begin on the page of one.",
        link("To the people", addresses.PEOPLE),
        link("To the companies", addresses.COMPANIES),
        picture="split",
    )
    waiting = rx.cond(MergeScreen.first != "", _choose_other(), nothing)
    shown = rx.cond(
        MergeScreen.page,
        _body(MergeScreen.page),
        rx.cond(MergeScreen.problem != "", rx.cond(MergeScreen.first != "", waiting, rx.fragment()), waiting),
    )
    return rx.el.div(
        rx.el.div(
            head("Merge", "Several records of one and the same become one. Nothing is lost."),
            rx.cond(
                (MergeScreen.problem != "") & (MergeScreen.first == ""),
                banner(MergeScreen.problem, "r", "alert"),
                rx.fragment(),
            ),
            rx.cond(MergeScreen.loaded, shown, skeleton_rows(6, "48px")),
            class_name="wide",
        ),
        class_name="page",
    )


def _addition(line: rx.vars.ObjectVar[Addition]) -> rx.Component:
    words = line.label.to(str) + ": " + line.title.to(str)
    return rx.el.div(field(words, choice(line.key, UnmergeScreen.page.choices)), class_name="mrow", key=line.key)


def _unmerging(page: rx.vars.ObjectVar[Unmerging]) -> rx.Component:
    return rx.el.form(
        rx.cond(
            page.lines.length() > 0,
            rx.fragment(
                rx.el.p(
                    "This came after the merge. Say whose it is; what you leave stays with ", rx.el.b(page.title), "."
                ),
                rx.foreach(page.lines, _addition),
            ),
            rx.el.p("Nothing came since. All will be as it was."),
        ),
        rx.el.div(button("Undo the merge", kind="pri", type="submit"), class_name="mend"),
        on_submit=UnmergeScreen.confirm,
        class_name="merge narrow",
    )


def unmerge_screen() -> rx.Component:
    """Below the top bar."""
    nothing = empty(
        "No merge was chosen",
        "A merge is undone from its message, or from the timeline of the record.",
        link("To the people", addresses.PEOPLE),
        picture="undo",
    )
    return rx.el.div(
        rx.el.div(
            head("Undo a merge", "The records are separate again, with everything that was theirs."),
            rx.cond(UnmergeScreen.problem != "", banner(UnmergeScreen.problem, "r", "alert"), rx.fragment()),
            rx.cond(
                UnmergeScreen.loaded,
                rx.cond(
                    UnmergeScreen.page,
                    _unmerging(UnmergeScreen.page),
                    rx.cond(UnmergeScreen.problem != "", rx.fragment(), nothing),
                ),
                skeleton_rows(4, "48px"),
            ),
            class_name="wide",
        ),
        class_name="page",
    )
