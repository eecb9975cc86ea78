"""The list of price books."""

from crm_app.pages.frame import PRICE_BOOKS
from crm_app.pages.listed import list_page

PAGE = list_page("price_book", PRICE_BOOKS)
