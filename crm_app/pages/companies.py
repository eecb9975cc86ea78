"""The list of companies."""

from crm_app.pages.frame import COMPANIES
from crm_app.pages.listed import list_page

PAGE = list_page("company", COMPANIES)
