"""Rules with their weights and periods, and the checks on a schedule."""

from typing import Any

import reflex as rx

from crm_app.quality.rows import CheckRow, RuleSetting
from crm_app.quality.state import QualityChecks, QualityRules
from crm_app.ui.elements import button, empty, head, page_link, skeleton_rows, tag
from crm_app.ui.field import choice, field, fixed_choice, text_field
from crm_app.ui.icons import icon
from crm_app.ui.overlay import dialog

SCHEDULES = [("daily", "Every day"), ("weekly", "Every week"), ("monthly", "Every month")]
GOES_TO = [("owner", "The owner of each record"), ("manager", "The owner's manager"), ("person", "One person")]
WHAT = "A rule below, or the address of a filtered list of people, companies, deals or activities."
WHOM = "Also gets what leads to nobody: records without an owner, or whose owner is gone."


def _rule(row: rx.vars.ObjectVar[RuleSetting]) -> rx.Component:
    edit = rx.el.button(
        "Edit",
        type="button",
        class_name="btn quiet",
        on_click=QualityRules.start_edit(row.key),
        custom_attrs={"aria-label": "Edit " + row.name.to(str)},
    )
    return rx.el.tr(
        rx.el.th(rx.el.div(row.name), rx.el.div(row.kind, " · ", row.c, class_name="mut"), scope="row"),
        rx.el.td(row.weight, class_name="num", custom_attrs={"data-label": "Weight"}),
        rx.el.td(
            rx.cond(row.days.to(int) > 0, row.days.to(str), "–"), class_name="num", custom_attrs={"data-label": "Days"}
        ),
        rx.el.td(
            rx.cond(row.active, tag("Holds", "g"), tag("Off")), class_name="num", custom_attrs={"data-label": "Holds"}
        ),
        rx.el.td(edit, class_name="num", custom_attrs={"data-label": ""}),
        key=row.key,
    )


def _rules() -> rx.Component:
    heads = [("Rule", ""), ("Weight", "num"), ("Days", "num"), ("", "num"), ("", "num")]
    table = rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*[rx.el.th(name, scope="col", class_name=look) for name, look in heads])),
            rx.el.tbody(rx.foreach(QualityRules.rows, _rule)),
        ),
        class_name="tbl cards qtable",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Rules"},
    )
    days = button(
        "Rights: every " + QualityRules.days.to(str) + " days", kind="quiet", on_click=QualityRules.start_review_days
    )
    return rx.el.section(
        rx.el.header(rx.el.h3("Rules"), rx.cond(QualityRules.loaded, days, rx.fragment())),
        rx.cond(QualityRules.loaded, table, skeleton_rows(10, "44px")),
        class_name="box qpart",
    )


def _rule_dialog() -> rx.Component:
    row, errors = QualityRules.edited, QualityRules.errors
    days = text_field("Days", "days", row.days.to(str), errors["days"], input_mode="numeric", max_length=4)
    box = rx.el.input(type="checkbox", name="active", default_checked=row.active)
    return dialog(
        rx.el.p(row.name, class_name="strong"),
        text_field(
            "Weight",
            "weight",
            row.weight.to(str),
            errors["weight"],
            "0 to 100: its share of the score, and what is fixed first.",
            input_mode="numeric",
            max_length=3,
        ),
        rx.cond(row.days.to(int) > 0, days, rx.fragment()),
        rx.el.label(box, rx.el.span("The rule holds"), class_name="checkline"),
        open=QualityRules.editing,
        title="Rule of quality",
        submit="Save",
        on_submit=QualityRules.save,
        on_close=QualityRules.close,
        again=QualityRules.start_edit,
        about=(QualityRules.edited.key,),
    )


def _review_dialog() -> rx.Component:
    shown, wrong = QualityRules.days.to(str), QualityRules.errors["days"]
    return dialog(
        text_field("Reviewed at least every … days", "days", shown, wrong, input_mode="numeric", max_length=4),
        open=QualityRules.editing_review,
        title="Review of rights",
        submit="Save",
        on_submit=QualityRules.save_days,
        on_close=QualityRules.close,
        again=QualityRules.start_review_days,
    )


def _check(row: rx.vars.ObjectVar[CheckRow]) -> rx.Component:
    def act(words: str, event: Any, picture: str = "") -> rx.Component:
        shown = icon(picture) if picture else words
        return rx.el.button(
            shown,
            type="button",
            class_name="btn quiet icononly" if picture else "btn quiet",
            on_click=event,
            custom_attrs={"aria-label": f"{words}: " + row.name.to(str)},
        )

    asked = rx.cond(row.href != "", page_link(row.what, href=row.href, class_name="figure"), rx.el.span(row.what))
    older = rx.el.details(
        rx.el.summary("Earlier runs"),
        rx.el.ul(rx.foreach(row.runs, lambda text: rx.el.li(text, key=text))),
        class_name="mut",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.name, class_name="strong"),
            rx.cond(row.active, rx.fragment(), tag("Paused")),
            rx.el.div(asked, class_name="mut"),
            rx.el.div(row.schedule.to(str).capitalize(), ", to ", row.goes_to, class_name="mut"),
            class_name="grow",
        ),
        rx.el.div(
            tag(rx.cond(row.found == "", "New", row.found.to(str) + " found"), row.tone),
            rx.el.div(row.last, class_name="mut"),
            rx.cond(row.runs.length() > 1, older, rx.fragment()),
            class_name="grow",
        ),
        rx.el.div(
            act("Run now", QualityChecks.run(row.id)),
            act("Edit", QualityChecks.start(row.id)),
            act("Remove", QualityChecks.remove(row.id), "trash"),
            class_name="row",
        ),
        key=row.id,
    )


def _checks() -> rx.Component:
    nothing = empty(
        "No checks yet",
        "A check looks at a list on a schedule, and gives whoever is to mend it one task.",
        button("New check", kind="pri", picture="plus", on_click=QualityChecks.start(0)),
        picture="check",
    )
    rows = rx.el.ul(rx.foreach(QualityChecks.rows, _check), class_name="checklist")
    body = rx.cond(QualityChecks.rows.length() > 0, rows, nothing)
    return rx.el.section(
        rx.el.header(
            rx.el.h3("Checks on a schedule"), button("New check", picture="plus", on_click=QualityChecks.start(0))
        ),
        rx.cond(QualityChecks.loaded, body, skeleton_rows(3, "56px")),
        class_name="box qpart",
    )


def _check_dialog() -> rx.Component:
    texts, errors = QualityChecks.texts, QualityChecks.errors
    suggestions = rx.el.datalist(
        rx.foreach(QualityRules.rows, lambda r: rx.el.option(r.kind + ": " + r.name, value=r.key, key=r.key)),
        id="rules",
    )
    box = rx.el.input(type="checkbox", name="active", default_checked=texts["active"] == "true")
    return dialog(
        text_field("Name", "name", texts["name"], errors["name"], required=True, max_length=120),
        text_field("What it looks for", "what", texts["what"], errors["what"], WHAT, list="rules", required=True),
        suggestions,
        field("Runs", fixed_choice("schedule", SCHEDULES, texts["schedule"]), errors["schedule"]),
        field("The task goes to", fixed_choice("goes_to", GOES_TO, texts["goes_to"]), errors["goes_to"]),
        field(
            "Person",
            choice("person_id", QualityChecks.people, texts["person_id"], blank="Nobody"),
            errors["person_id"],
            WHOM,
        ),
        rx.el.label(box, rx.el.span("Runs by itself"), class_name="checkline"),
        open=QualityChecks.editing,
        title="Check on a schedule",
        submit="Save",
        on_submit=QualityChecks.save,
        on_close=QualityChecks.close,
        again=QualityChecks.start,
        about=(QualityChecks.edited,),
    )


def settings_screen() -> rx.Component:
    """The page of rules and checks."""
    title = head("Rules and checks", "What a good record is worth here, and who is told when something is not right.")
    return rx.el.div(
        rx.el.div(title, _checks(), _rules(), class_name="wide"),
        _rule_dialog(),
        _review_dialog(),
        _check_dialog(),
        class_name="page quality",
    )
