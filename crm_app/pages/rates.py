"""The list of rates."""

from crm_app.pages.listed import list_page
from crm_app.pages.places import RATES

PAGE = list_page("rate", RATES)
