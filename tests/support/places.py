"""The addresses of all pages."""

from crm_app.pages import PAGES

NOBODY = "999999"
ROUTES = [page.route if page.route.startswith("/") else "/" + page.route for page in PAGES]


def address(route: str) -> str:
    """The page, with a record that is not there where it asks for one."""
    return "/" + "/".join(NOBODY if part.startswith("[") else part for part in route.strip("/").split("/"))
