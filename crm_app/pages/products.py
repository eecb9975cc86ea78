"""The list of products."""

from crm_app.pages.listed import list_page
from crm_app.pages.places import PRODUCTS

PAGE = list_page("product", PRODUCTS)
