"""The screen of records that may be one."""

from typing import Any

import reflex as rx

from crm_app.duplicates.worklist.rows import DiffRow, GroupRow, MemberRow, PlannedRow
from crm_app.duplicates.worklist.state import DuplicateList
from crm_app.ui import addresses
from crm_app.ui.elements import banner, button, empty, grouped, head, link, meter, page_link, skeleton_rows, tag
from crm_app.ui.icons import icon
from crm_app.ui.inputs import url_segments
from crm_app.ui.keys import item_keys
from crm_app.ui.overlay import dialog

KIND_CHOICES = [{"id": "person", "name": "People"}, {"id": "company", "name": "Companies"}]
WHOSE_CHOICES = [{"id": "all", "name": "All"}, {"id": "mine", "name": "Mine"}, {"id": "team", "name": "My team's"}]
GO_ON = "You may leave this page; the work goes on, and a notification tells its end."
KEYS = {"m": "merge", "n": "apart", "x": "choose"}


def _member(one: rx.vars.ObjectVar[MemberRow]) -> rx.Component:
    return rx.el.th(
        rx.el.span(
            rx.el.span(one.initials, class_name="av s tint" + one.tint.to(str), custom_attrs={"aria-hidden": "true"}),
            page_link(one.title, href=one.href, class_name="strong"),
        ),
        rx.el.span(rx.cond(one.owner != "", "Owner: " + one.owner.to(str), "Without an owner"), class_name="mut"),
        scope="col",
        key=one.id,
    )


def _line(line: rx.vars.ObjectVar[DiffRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(line.label, scope="row", class_name="lab"),
        rx.foreach(line.cells, lambda text: rx.el.td(rx.cond(text != "", text, "–"))),
        key=line.label,
    )


def _head(group: rx.vars.ObjectVar[GroupRow]) -> rx.Component:
    chosen = DuplicateList.chosen.contains(group.key)
    return rx.el.header(
        rx.cond(
            group.bulk,
            rx.el.input(
                type="checkbox",
                checked=chosen,
                on_change=DuplicateList.choose(group.key),
                custom_attrs={"aria-label": "Choose " + group.title.to(str), "data-act": "choose"},
            ),
            rx.fragment(),
        ),
        tag(group.words.to(str) + " · " + group.percent.to(str), group.tone),
        rx.el.span(rx.foreach(group.reasons, lambda text: rx.el.span(text)), class_name="whys"),
        rx.el.span(_acts(group), class_name="acts"),
    )


def _acts(group: rx.vars.ObjectVar[GroupRow]) -> rx.Component:
    different = button(
        "Not a duplicate",
        on_click=DuplicateList.differ(group.ids),
        custom_attrs={"data-act": "apart", "aria-keyshortcuts": "n"},
    )
    merge = page_link(
        "Merge",
        href=group.merge_href,
        class_name="btn pri",
        custom_attrs={"data-act": "merge", "aria-keyshortcuts": "m"},
    )
    return rx.fragment(different, rx.cond(group.merge_href != "", merge, rx.fragment()))


def _group(group: rx.vars.ObjectVar[GroupRow]) -> rx.Component:
    alike = rx.cond(group.alike == 1, " field is the same.", " fields are the same.")
    return rx.el.article(
        _head(group),
        rx.el.div(
            rx.el.table(
                rx.el.thead(rx.el.tr(rx.el.td(), rx.foreach(group.members, _member))),
                rx.el.tbody(rx.foreach(group.lines, _line)),
            ),
            class_name="sides",
            tab_index=0,
            role="region",
            custom_attrs={"aria-label": "What differs"},
        ),
        rx.el.p(
            rx.cond(group.more.to(int) > 0, group.more.to(str) + " more like these are not shown. ", ""),
            group.alike,
            alike,
            rx.cond(group.why_not != "", " " + group.why_not.to(str), ""),
            class_name="mut foot",
        ),
        class_name="box dupgroup",
        tab_index=-1,
        custom_attrs={"data-item": group.key, "aria-label": group.title},
        key=group.key,
    )


def _bar() -> rx.Component:
    page = DuplicateList.page
    count = rx.el.span(rx.el.b(grouped(page.count)), rx.cond(page.count == 1, " group", " groups"), class_name="sum")
    return rx.el.div(
        url_segments(
            param="kind", label="Kind", options=KIND_CHOICES, current=page.kind, resets=["page", "batch", "of"]
        ),
        url_segments(param="whose", label="Whose", options=WHOSE_CHOICES, current=page.whose, resets=["page"]),
        rx.cond(
            (page.batch != 0) | (page.of != 0),
            page_link(
                rx.cond(page.of != 0, "Of one record ✕", "Of one import ✕"),
                href=addresses.DUPLICATES + "?kind=" + page.kind.to(str),
                class_name="chip",
            ),
            rx.fragment(),
        ),
        rx.cond(
            page.may_bulk & (page.groups.length() > 0),
            button("Choose all here", kind="quiet", on_click=DuplicateList.choose_all),
            rx.fragment(),
        ),
        rx.cond(DuplicateList.loaded, count, rx.fragment()),
        class_name="bar",
    )


def _chosen() -> rx.Component:
    """What can be done with the chosen ones."""
    count = DuplicateList.chosen.length()
    return rx.cond(
        count > 0,
        rx.el.div(
            rx.el.b(count, " chosen"),
            rx.el.button("Merge…", type="button", on_click=DuplicateList.preview),
            class_name="bulk",
            role="toolbar",
            custom_attrs={"aria-label": "Chosen groups"},
        ),
        rx.fragment(),
    )


def _planned(row: rx.vars.ObjectVar[PlannedRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.text),
        rx.el.span(
            rx.cond(row.refused != "", row.refused, row.moves),
            class_name=rx.cond(row.refused != "", "err", "mut"),
        ),
        key=row.key,
    )


def _plan() -> rx.Component:
    plan = DuplicateList.plan
    good = plan.groups.to(int) - plan.refused.to(int)
    running = DuplicateList.percent >= 0
    return dialog(
        rx.el.p(
            rx.el.b(grouped(good), rx.cond(good == 1, " group becomes", " groups become")),
            " one record each, ",
            grouped(plan.moves),
            " related records move along. Each merge can be undone alone for 90 days.",
            class_name="note",
        ),
        rx.cond(
            plan.refused.to(int) > 0,
            banner(plan.refused.to(str) + " cannot be merged and stay as they are.", "y", "alert"),
            rx.fragment(),
        ),
        rx.el.ul(rx.foreach(plan.rows, _planned), class_name="planned"),
        rx.cond(
            running,
            rx.fragment(
                meter(DuplicateList.percent, "Merging"),
                rx.el.p(GO_ON, class_name="mut"),
            ),
            rx.fragment(),
        ),
        open=plan.groups.to(int) > 0,
        title="Merge the chosen ones",
        submit=rx.cond(running, "Merging…", rx.cond(good > 0, "Merge", "")),
        busy=running,
        wide=True,
        on_submit=lambda _values: DuplicateList.merge_chosen,
        on_close=DuplicateList.close_plan,
    )


def _going_on() -> rx.Component:
    """The same once the dialog was closed."""
    return rx.cond(
        (DuplicateList.percent >= 0) & (DuplicateList.plan.groups.to(int) == 0),
        rx.el.section(
            meter(DuplicateList.percent, "Merging"),
            rx.el.p("Merging the chosen ones. ", GO_ON, class_name="mut", role="status"),
            class_name="stack",
        ),
        rx.fragment(),
    )


def _pages() -> rx.Component:
    page = DuplicateList.page
    base = addresses.DUPLICATES + "?kind=" + page.kind.to(str) + "&whose=" + page.whose.to(str)
    base = base + rx.cond(page.batch != 0, "&batch=" + page.batch.to(str), "").to(str) + "&page="
    at = page.page.to(int)
    return rx.cond(
        page.pages.to(int) > 1,
        rx.el.nav(
            rx.cond(at > 1, link("Previous", base + (at - 1).to(str), picture="left"), rx.fragment()),
            rx.el.span("Page ", at, " of ", page.pages, class_name="mut"),
            rx.cond(at < page.pages.to(int), link("Next", base + (at + 1).to(str), picture="right"), rx.fragment()),
            class_name="row pages",
            custom_attrs={"aria-label": "Pages"},
        ),
        rx.fragment(),
    )


def _kept_apart() -> rx.Component:
    return rx.cond(
        DuplicateList.apart_words != "",
        rx.el.div(
            icon("check"),
            rx.el.div(DuplicateList.apart_words, class_name="grow"),
            rx.el.button("Take back", type="button", class_name="link", on_click=DuplicateList.take_back),
            class_name="banner g",
            role="status",
        ),
        rx.fragment(),
    )


def _body() -> rx.Component:
    page = DuplicateList.page
    nothing = empty(
        "No duplicates here",
        "Whoever may be the same as somebody else waits here: met while typing or on import, or found at night.",
        link("To the people", addresses.PEOPLE),
        picture="split",
    )
    shown: Any = rx.cond(
        page.groups.length() > 0, rx.el.div(rx.foreach(page.groups, _group), _pages(), class_name="dupgroups"), nothing
    )
    failed = banner(DuplicateList.failure, "r", "alert")
    return rx.cond(
        DuplicateList.loaded,
        rx.cond(DuplicateList.failure != "", failed, shown),
        skeleton_rows(4, "180px"),
    )


def duplicates_screen() -> rx.Component:
    """Below the top bar."""
    page = DuplicateList.page
    check = button(
        rx.cond(DuplicateList.checking, "Checking…", "Check now"),
        on_click=DuplicateList.check_now,
        disabled=DuplicateList.checking,
    )
    return rx.fragment(
        _bar(),
        rx.el.div(
            rx.el.div(
                head("Duplicates", page.swept, rx.cond(page.may_check, check, rx.fragment())),
                _kept_apart(),
                _going_on(),
                _body(),
                class_name="wide",
            ),
            class_name="page",
        ),
        _chosen(),
        _plan(),
        item_keys(keys=KEYS),
    )
