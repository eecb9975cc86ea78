"""The library of texts for proposals."""

from crm_app.pages.frame import TEXTS
from crm_app.pages.listed import list_page

PAGE = list_page("text_block", TEXTS)
