"""The states of activities: the dialog of one, the calendar, one's day, the next step."""

from crm_app.activities.state.calendar import CalendarScreen
from crm_app.activities.state.card import ActivityCard
from crm_app.activities.state.day import MyDay
from crm_app.activities.state.link import CalendarLink
from crm_app.activities.state.next_step import NextStep
from crm_app.activities.state.upload import CalendarUpload

__all__ = ["ActivityCard", "CalendarLink", "CalendarScreen", "CalendarUpload", "MyDay", "NextStep"]
