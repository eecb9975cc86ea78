"""The bell, the inbox and Home."""

from typing import Any

import reflex as rx

from crm_app.attention.queries import DealRow, NoteRow, TaskRow
from crm_app.attention.state import HomeScreen, Inbox
from crm_app.records.recent import RecentRow
from crm_app.ui import addresses
from crm_app.ui.elements import avatar, banner, button, empty, head, link, page_link, skeleton_rows, tag
from crm_app.ui.icons import icon

NO_NOTES = "When a colleague mentions you with @ or gives you a record, it stands here."
NO_TASKS = "Nothing is due in the next seven days. Plan a call or a task on a person, a company or a deal."


def bell() -> rx.Component:
    """The way to the inbox, with the number of what is unread."""
    count = Inbox.unread
    return page_link(
        icon("bell"),
        rx.cond(count > 0, rx.el.span(rx.cond(count > 99, "99+", count.to(str)), class_name="count"), rx.fragment()),
        href=addresses.INBOX,
        class_name="bell",
        custom_attrs={"aria-label": rx.cond(count > 0, "Inbox, " + count.to(str) + " unread", "Inbox")},
    )


def _note(row: rx.vars.ObjectVar[NoteRow]) -> rx.Component:
    return rx.el.li(
        avatar(row.initials, row.color, row.initials, "m"),
        rx.el.button(row.text, type="button", class_name="grow notetext", on_click=Inbox.open_note(row.id)),
        rx.cond(row.asks, _answers(row), rx.fragment()),
        rx.el.time(row.when, class_name="mut nowrap"),
        rx.cond(
            row.unread,
            rx.el.button(
                icon("check"),
                type="button",
                class_name="btn quiet icononly",
                on_click=Inbox.mark(row.id),
                custom_attrs={"aria-label": "Mark as read: " + row.text.to(str)},
            ),
            rx.fragment(),
        ),
        class_name=rx.cond(row.unread, "unread", ""),
        key=row.id,
    )


def _answers(row: rx.vars.ObjectVar[NoteRow]) -> rx.Component:
    """What the owner of a record says to a colleague who asks for it."""
    return rx.el.span(
        button("Give access", on_click=Inbox.give_access(row.id), title="The record becomes theirs; it can be undone."),
        button("Decline", kind="quiet", on_click=Inbox.decline_access(row.id)),
        class_name="row",
    )


def inbox_screen() -> rx.Component:
    """Everything below the top bar."""
    return rx.el.div(
        rx.el.div(
            head(
                "Inbox",
                "Mentions, what was given to you, and work that ended.",
                rx.cond(Inbox.unread > 0, button("Mark all as read", on_click=Inbox.mark_all), rx.fragment()),
            ),
            rx.cond(
                Inbox.loaded,
                rx.cond(
                    Inbox.notes.length() > 0,
                    rx.el.ul(rx.foreach(Inbox.notes, _note), class_name="box list notes"),
                    empty(
                        "Nothing here yet",
                        NO_NOTES,
                        picture="bell",
                    ),
                ),
                skeleton_rows(6, "44px"),
            ),
            rx.cond(Inbox.more, button("Show older", kind="quiet", on_click=Inbox.older), rx.fragment()),
            class_name="narrow",
        ),
        class_name="page",
    )


def _task(row: rx.vars.ObjectVar[TaskRow], on_done: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            icon("check"),
            type="button",
            class_name="tickbox",
            on_click=[HomeScreen.finish(row.id), on_done(row.id)],
            custom_attrs={"aria-label": "Mark as done: " + row.subject.to(str)},
        ),
        rx.el.div(
            rx.cond(
                row.href != "",
                page_link(row.subject, href=row.href, class_name="strong"),
                rx.el.b(row.subject, class_name="strong"),
            ),
            rx.el.div(row.about, class_name="mut clip"),
            class_name="grow",
        ),
        tag(row.due, row.tone),
        key=row.id,
    )


def _deal(row: rx.vars.ObjectVar[DealRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            page_link(row.title, href=row.href, class_name="strong"),
            rx.el.div(row.company, rx.cond(row.company != "", " · ", ""), row.stage, class_name="mut clip"),
            class_name="grow",
        ),
        rx.el.div(rx.el.div(row.value, class_name="num"), rx.el.span(row.step, class_name="step " + row.tone.to(str))),
        key=row.id,
    )


def _recent(row: rx.vars.ObjectVar[RecentRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            page_link(row.title, href=row.href, class_name="strong"),
            rx.el.div(row.subtitle, class_name="mut clip"),
            class_name="grow",
        ),
        key=row.href,
    )


def _box(title: str, rows: Any, one: Any, words: str, *actions: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h3(title)),
        rx.cond(
            HomeScreen.loaded,
            rx.cond(
                rows.length() > 0,
                rx.el.ul(rx.foreach(rows, one), class_name="list"),
                rx.el.div(rx.el.p(words, class_name="mut"), *actions, class_name="pad stack"),
            ),
            rx.el.div(skeleton_rows(4, "40px"), class_name="pad"),
        ),
        class_name="box",
        custom_attrs={"aria-label": title},
    )


def home_screen(*above: rx.Component, on_done: Any) -> rx.Component:
    """What to do next, and where one was; `above` stands before it, `on_done` hears of what was finished."""
    day = HomeScreen.day
    return rx.el.div(
        *above,
        rx.cond(HomeScreen.failure != "", banner(HomeScreen.failure, "r", "alert"), rx.fragment()),
        rx.el.div(
            rx.el.div(
                _box(
                    "My activities",
                    day.tasks,
                    lambda row: _task(row, on_done),
                    NO_TASKS,
                    link("My day", addresses.DAY),
                ),
                _box("Mentions", day.mentions, _note, "When a colleague mentions you with @, it stands here."),
                class_name="stack far",
            ),
            rx.el.div(
                _box(
                    "My open deals", day.deals, _deal, "You own no open deals.", link("To the board", addresses.BOARD)
                ),
                _box("Recently viewed", day.recent, _recent, "What you open will stand here."),
                class_name="stack far",
            ),
            class_name="wide homegrid",
        ),
        class_name="page",
    )
