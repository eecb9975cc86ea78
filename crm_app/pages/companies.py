"""The list of companies."""

from crm_app.pages.listed import list_page
from crm_app.pages.places import COMPANIES

PAGE = list_page("company", COMPANIES)
