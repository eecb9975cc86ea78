"""The library of texts for proposals."""

from crm_app.pages.listed import list_page
from crm_app.pages.places import TEXTS

PAGE = list_page("text_block", TEXTS)
