"""The list of rates."""

from crm_app.pages.frame import RATES
from crm_app.pages.listed import list_page

PAGE = list_page("rate", RATES)
