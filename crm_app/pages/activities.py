"""The list of activities."""

from crm_app.activities.state import ActivityCard, NextStep
from crm_app.pages.listed import list_page
from crm_app.pages.places import ACTIVITIES

PAGE = list_page(
    "activity",
    ACTIVITIES,
    on_new=ActivityCard.start({"type": "task"}),
    on_saved=NextStep.offer_saved,
    on_open=ActivityCard.open,
)
