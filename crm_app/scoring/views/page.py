"""The page of scoring: bands, rules, the one in hand with its preview."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from crm_app.records.listing.rules import OPS
from crm_app.records.state import RefSearch
from crm_app.scoring.events import ACTIVITIES, EventType
from crm_app.scoring.preview import Example, Move
from crm_app.scoring.screen import BandRow, RuleRow
from crm_app.scoring.state import ScoringRules
from crm_app.scoring.views.learned import learned_section
from crm_app.ui.elements import button, empty, grouped, head, meter, page_link, skeleton_rows, tag
from crm_app.ui.field import field, fixed_choice, text_field
from crm_app.ui.icons import icon
from crm_app.ui.inputs import held, plain_form
from crm_app.ui.list.condition import condition_box
from crm_app.ui.overlay import menu, menu_item, reopening

WHAT = "Points for who somebody is, and for what they did, which fade. Every point is explained beside the person."
TITLES = {
    "fit": "Points for who they are",
    "event": "Points for what they did",
    "bands": "Bands",
    "remove": "Without this rule",
}


def _band(row: rx.vars.ObjectVar[BandRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(tag(row.label, row.tone), rx.el.span(row.words, class_name="mut"), class_name="row wrap grow"),
        page_link(row.people, href=row.href, class_name="link"),
        key=row.name,
    )


def _rule(row: rx.vars.ObjectVar[RuleRow]) -> rx.Component:
    actions = menu(
        "Actions",
        icon("more"),
        menu_item("Edit", "person", on_click=ScoringRules.start(row.id, "")),
        menu_item("Remove", "trash", on_click=ScoringRules.look_without(row.id)),
        class_name="btn quiet icononly",
    )
    page: Any = ScoringRules.page
    return rx.el.li(
        rx.el.b(row.points, class_name="points"),
        rx.el.div(
            rx.el.div(
                rx.el.span(row.name, class_name="strong"),
                rx.cond(row.active, rx.fragment(), tag("Not in use")),
                class_name="row wrap",
            ),
            rx.cond(row.words != row.name, rx.el.div(row.words, class_name="mut"), rx.fragment()),
            rx.cond(row.remark != "", rx.el.div("Gives nothing: ", row.remark, class_name="err"), rx.fragment()),
            class_name="grow",
        ),
        rx.cond(page.editable, actions, rx.fragment()),
        key=row.id,
    )


def _rules(title: str, is_event: bool, mode: str, nothing: str) -> rx.Component:
    page: Any = ScoringRules.page
    mine = page.events == 0 if is_event else page.events == page.rules.length()
    new = button("New rule", picture="plus", on_click=ScoringRules.start(0, mode))
    return rx.el.section(
        rx.el.header(rx.el.h3(title), rx.cond(page.editable, new, rx.fragment())),
        rx.cond(mine, rx.el.p(nothing, class_name="mut pad"), rx.fragment()),
        rx.el.ul(
            rx.foreach(page.rules, lambda row: rx.cond(row.is_event == is_event, _rule(row), rx.fragment())),
            class_name="list scoring",
        ),
        class_name="box",
    )


def _fit() -> rx.Component:
    errors = ScoringRules.errors
    choices = [
        rx.el.button(
            label,
            type="button",
            class_name=rx.cond(ScoringRules.about == key, "on", ""),
            custom_attrs={"aria-pressed": ScoringRules.about == key},
            on_click=ScoringRules.choose_about(key),
        )
        for key, label in (("person", "The person"), ("company", "Their company"))
    ]
    return rx.el.div(
        held(name="about", value=ScoringRules.about, on_restore=ScoringRules.choose_about),
        held(name="condition", value=ScoringRules.asked.filter, on_restore=ScoringRules.ask),
        rx.el.span(*choices, class_name="seg", role="group", custom_attrs={"aria-label": "Whom the rule asks"}),
        rx.el.div(
            condition_box(
                screen=ScoringRules.asked,
                fields=ScoringRules.fields,
                ops={type_: [asdict(op) for op in ops] for type_, ops in OPS.items()},
                found=RefSearch.found,
                on_search=RefSearch.look_up,
                on_filter=ScoringRules.ask,
            ),
            class_name="row wrap",
        ),
        rx.el.span(errors["condition"], class_name="err", role="alert"),
        class_name="stack",
    )


def _outcomes(of: EventType, chosen: Any) -> rx.Component:
    """Those that this type of event may have."""
    options = [("", "Any outcome"), *((o, o.capitalize()) for o in of.outcomes)]
    shown = field("With the outcome", fixed_choice("outcome", options, chosen), ScoringRules.errors["outcome"])
    return rx.fragment(shown, key=of.name)


def _event() -> rx.Component:
    edited: Any = ScoringRules.edited
    raw, errors = edited.raw, ScoringRules.errors
    types = [(one.name, one.label) for one in ACTIVITIES]
    chosen = fixed_choice("event", types, raw["event"], on_change=ScoringRules.choose_event)
    outcomes = [(one.name, _outcomes(one, raw["outcome"])) for one in ACTIVITIES if one.outcomes]
    return rx.el.div(
        field("For each", chosen, errors["event"]),
        rx.match(ScoringRules.event, *outcomes, rx.fragment()),
        text_field(
            "Half-life in days",
            "half_life",
            raw["half_life"],
            errors["half_life"],
            "After so many days half is left. Empty: points stay.",
            input_mode="numeric",
        ),
        text_field("At most together", "cap", raw["cap"], errors["cap"], "Empty: without limit.", input_mode="numeric"),
        class_name="grid2",
    )


def _form() -> rx.Component:
    page: Any = ScoringRules.page
    edited: Any = ScoringRules.edited
    raw, errors, mode = edited.raw, ScoringRules.errors, ScoringRules.mode
    active = rx.el.input(type="checkbox", name="active", default_checked=ScoringRules.edited.active)
    rule = rx.fragment(
        rx.cond(mode == "fit", _fit(), _event()),
        rx.el.div(
            text_field("Points", "points", raw["points"], errors["points"], required=True, input_mode="numeric"),
            text_field("Name", "name", raw["name"], errors["name"], "Empty: what the rule says.", max_length=200),
            class_name="grid2",
        ),
        rx.el.label(active, rx.el.span("In use"), class_name="checkline"),
    )
    bands = rx.el.div(
        text_field("Warm from", "warm_from", page.raw["warm_from"], errors["warm_from"], input_mode="numeric"),
        text_field("Hot from", "hot_from", page.raw["hot_from"], errors["hot_from"], input_mode="numeric"),
        class_name="grid2",
    )
    return plain_form(
        rx.el.div(rx.cond(mode == "bands", bands, rule), class_name="pad form"),
        rx.el.footer(
            button("See what it does", kind="pri", type="submit"),
            button("Cancel", kind="quiet", on_click=ScoringRules.close),
        ),
        on_submit=ScoringRules.look,
        **reopening(ScoringRules.start, (ScoringRules.edited.id.to(int), mode.to(str))),
    )


def _example(row: rx.vars.ObjectVar[Example]) -> rx.Component:
    there = page_link(row.name, href="/people/" + row.id.to(str), class_name="strong")
    return rx.el.li(there, " ", rx.el.span(row.before, class_name="mut"), " → ", rx.el.b(row.after), key=row.id)


def _move(row: rx.vars.ObjectVar[Move]) -> rx.Component:
    return rx.el.li(row.words, ": ", rx.el.b(row.people), key=row.words)


def _preview() -> rx.Component:
    shown: Any = ScoringRules.shown
    save: Any = rx.cond(ScoringRules.mode == "remove", "Remove the rule", "Save")
    return rx.el.div(
        rx.el.p(
            rx.el.b(grouped(shown.changed), " of ", grouped(shown.total), " people would change band"),
            "; ",
            grouped(shown.rescored),
            " would get another score. ",
            shown.note,
            class_name="note",
            role="status",
        ),
        rx.el.ul(rx.foreach(shown.moves, _move), class_name="plain"),
        rx.el.p(
            "Then: ", rx.foreach(shown.shares, lambda s: rx.el.span(s.words, " ", s.people, " ")), class_name="mut"
        ),
        rx.el.ul(rx.foreach(shown.examples, _example), class_name="plain"),
        rx.el.div(
            button(save, kind="pri", on_click=ScoringRules.save),
            button("Not now", kind="quiet", on_click=ScoringRules.close),
            class_name="row",
        ),
        class_name="stack pad",
    )


def _editor() -> rx.Component:
    mode = ScoringRules.mode
    form = rx.cond(mode == "remove", rx.fragment(), _form())
    return rx.el.section(
        rx.el.header(rx.el.h3(rx.match(mode, *TITLES.items(), ""))),
        form,
        rx.cond(
            ScoringRules.busy,
            rx.el.div(skeleton_rows(3, "24px"), class_name="pad"),
            rx.cond(ScoringRules.shown, _preview(), rx.fragment()),
        ),
        class_name="box",
        key=mode + ScoringRules.edited.id.to(str),
        custom_attrs={"aria-label": "What is being changed"},
    )


def scoring_screen() -> rx.Component:
    """Everything below the top bar."""
    page: Any = ScoringRules.page
    change = button("Change", on_click=ScoringRules.start(0, "bands"))
    bands = rx.el.section(
        rx.el.header(rx.el.h3("Bands"), rx.cond(page.editable, change, rx.fragment())),
        rx.el.ul(rx.foreach(page.bands, _band), class_name="list"),
        class_name="box",
    )
    nothing = empty(
        "No rules yet",
        "Begin with who you sell to best: a title, an industry, a size. Then give points for meetings and calls.",
        picture="check",
    )
    running = rx.el.div(
        rx.el.p("Everybody is being scored by the new rules.", class_name="note", role="status"),
        meter(ScoringRules.percent, "Scores computed anew"),
        class_name="stack",
    )
    body = rx.fragment(
        rx.cond(ScoringRules.percent >= 0, running, rx.fragment()),
        rx.cond(ScoringRules.mode != "", _editor(), rx.fragment()),
        rx.cond(page.rules.length() == 0, nothing, rx.fragment()),
        bands,
        _rules("Fit: who they are", False, "fit", "No rule gives points for who somebody is."),
        _rules("Engagement: what they did", True, "event", "No rule gives points for what somebody did."),
        learned_section(),
    )
    shown = rx.cond(ScoringRules.page, body, skeleton_rows(6, "48px"))
    return rx.el.div(rx.el.div(head("Scoring", WHAT), shown, class_name="wide"), class_name="page")
