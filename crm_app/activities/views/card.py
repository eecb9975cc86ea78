"""The dialogs of activities; once in the frame of every page. `then` are the events that read the page again."""

from typing import Any

import reflex as rx

from crm_app.activities.state import ActivityCard, NextStep
from crm_app.records.state import RefSearch
from crm_app.ui.activity import activity_dialog
from crm_app.ui.field import field, fixed_choice, text_field, text_input
from crm_app.ui.icons import icon
from crm_app.ui.overlay import dialog
from crm_app.ui.upload import drop_zone

UPLOAD = "activity-files"
TYPES = [("call", "Call"), ("meeting", "Meeting"), ("task", "Task")]


def activity_card(then: list[Any], me: rx.Var[str]) -> rx.Component:
    """Opens when `ActivityCard.open` or `ActivityCard.start` has answered; `me` is whose drafts it finds."""
    drop = drop_zone(
        "Add a recording or a file",
        rx.el.div(icon("file"), rx.el.span("Drop a recording here, or choose one"), class_name="drop small"),
        id=UPLOAD,
        multiple=True,
        max_size=25_000_000,
        on_drop=ActivityCard.receive(rx.upload_files(upload_id=UPLOAD)),
    )
    return activity_dialog(
        drop,
        me=me,
        card=ActivityCard.card,
        saved=ActivityCard.saved,
        found=RefSearch.found,
        guests=ActivityCard.guests,
        on_save=lambda id, values, version: [ActivityCard.save(id, values, version), *then],
        on_finish=lambda id, done: [ActivityCard.finish(id, done), NextStep.offer(id, done), *then],
        on_remove=lambda id: [ActivityCard.remove(id), *then],
        on_answer=lambda id, response: [ActivityCard.answer(id, response), *then],
        on_search=RefSearch.look_up,
        on_invite=ActivityCard.look_up,
    )


def next_step_dialog(then: list[Any]) -> rx.Component:
    """What comes next for the deal of something that was just done."""
    offer, errors = NextStep.offer_, NextStep.errors
    return rx.cond(
        NextStep.offer_.n != 0,
        dialog(
            rx.el.div(
                rx.el.p("Nothing else is planned for ", rx.el.b(offer.deal), ".", class_name="note"),
                rx.el.div(
                    field("Kind", fixed_choice("type", TYPES, offer.type), errors["type"]),
                    field("Day", text_input("day", offer.day, type="date"), errors["day"]),
                    class_name="grid2",
                ),
                text_field("Subject", "subject", offer.subject, errors["subject"], max_length=300),
                class_name="form",
            ),
            open=True,
            title="What comes next?",
            submit="Plan it",
            cancel="Not now",
            on_submit=[NextStep.plan, *then],
            on_close=NextStep.skip,
        ),
        rx.fragment(),
    )
