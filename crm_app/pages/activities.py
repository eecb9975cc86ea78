"""The list of activities."""

from crm_app.pages.frame import ACTIVITIES
from crm_app.pages.listed import list_page

PAGE = list_page("activity", ACTIVITIES)
