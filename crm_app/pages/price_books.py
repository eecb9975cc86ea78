"""The list of price books."""

from crm_app.pages.listed import list_page
from crm_app.pages.places import PRICE_BOOKS

PAGE = list_page("price_book", PRICE_BOOKS)
