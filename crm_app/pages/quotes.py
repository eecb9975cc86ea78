"""The list of quotes."""

from crm_app.pages.frame import QUOTES
from crm_app.pages.listed import list_page

PAGE = list_page("quote", QUOTES)
