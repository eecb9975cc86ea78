"""The list of quotes."""

from crm_app.pages.listed import list_page
from crm_app.pages.places import QUOTES

PAGE = list_page("quote", QUOTES)
