"""The list of people."""

from crm_app.pages.frame import PEOPLE
from crm_app.pages.listed import list_page

PAGE = list_page("person", PEOPLE)
