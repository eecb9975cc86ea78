"""The list of products."""

from crm_app.pages.frame import PRODUCTS
from crm_app.pages.listed import list_page

PAGE = list_page("product", PRODUCTS)
