"""The tree of teams."""

import reflex as rx

from crm_app.identity.queries import TeamRow
from crm_app.identity.state import TeamTree, Viewer
from crm_app.ui.elements import button, empty, head, skeleton_rows, tag
from crm_app.ui.field import choice, field, text_field
from crm_app.ui.icons import icon
from crm_app.ui.overlay import dialog, menu, menu_item


def _row(row: rx.vars.ObjectVar[TeamRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            class_name="indent",
            style={"width": (row.depth.to(int) * 20).to(str) + "px"},
            custom_attrs={"aria-hidden": "true"},
        ),
        icon("teams"),
        rx.el.div(
            rx.el.div(row.name, class_name="strong"),
            rx.el.div(
                rx.cond(row.manager != "", row.manager, "No manager"),
                rx.cond(row.office != "", " · " + row.office.to(str), ""),
                class_name="mut",
            ),
            class_name="grow",
        ),
        tag(rx.cond(row.members == 1, "1 person", row.members.to(str) + " people")),
        rx.cond(
            Viewer.may_administer,
            menu(
                "Actions",
                icon("more"),
                menu_item("Edit", "person", on_click=TeamTree.start(row.id, 0)),
                menu_item("Add a team below", "plus", on_click=TeamTree.start(0, row.id)),
                class_name="btn quiet icononly",
            ),
            rx.fragment(),
        ),
        custom_attrs={"aria-level": row.depth.to(int) + 1},
        key=row.id,
    )


def _dialog() -> rx.Component:
    team, errors = TeamTree.edited, TeamTree.errors
    return dialog(
        text_field("Name", "name", rx.cond(team, team.name, ""), errors["name"], required=True, max_length=120),
        field(
            "Part of",
            choice("parent_id", TeamTree.rows, TeamTree.parent, blank="Nothing (a top team)"),
            errors["parent_id"],
        ),
        rx.el.div(
            field(
                "Manager",
                choice("manager_id", TeamTree.people, rx.cond(team, team.manager_id.to(str), ""), blank="Nobody"),
                errors["manager_id"],
            ),
            text_field("Office", "office", rx.cond(team, team.office, ""), errors["office"], max_length=120),
            class_name="grid2",
        ),
        open=TeamTree.editing,
        title=rx.cond(team, "Edit team", "New team"),
        submit="Save",
        on_submit=TeamTree.save,
        on_close=TeamTree.close,
        again=TeamTree.start,
        about=(rx.cond(team, team.id, 0).to(int), TeamTree.below),
    )


def _new() -> rx.Component:
    return button("New team", kind="pri", picture="plus", on_click=TeamTree.start(0, 0))


def teams_screen() -> rx.Component:
    """The page of teams."""
    return rx.el.div(
        rx.el.div(
            head(
                "Teams",
                "A manager sees what belongs to the own team and to the teams below it.",
                rx.cond(Viewer.may_administer, _new(), rx.fragment()),
            ),
            rx.cond(
                TeamTree.loaded,
                rx.cond(
                    TeamTree.rows.length() > 0,
                    rx.el.ul(rx.foreach(TeamTree.rows, _row), class_name="box tree"),
                    empty(
                        "No teams yet",
                        "Teams form a tree: a region, its offices, their people.",
                        rx.cond(Viewer.may_administer, _new(), rx.fragment()),
                        picture="teams",
                    ),
                ),
                skeleton_rows(6, "48px"),
            ),
            class_name="wide",
        ),
        _dialog(),
        class_name="page",
    )
