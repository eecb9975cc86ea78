"""The deals as a list; the board shows the same."""

from crm_app.pages.listed import list_page
from crm_app.pages.places import DEAL_LIST
from crm_app.ui import addresses

PAGE = list_page("deal", DEAL_LIST, other=addresses.BOARD)
