"""The list of people."""

from crm_app.pages.listed import list_page
from crm_app.pages.places import PEOPLE

PAGE = list_page("person", PEOPLE)
