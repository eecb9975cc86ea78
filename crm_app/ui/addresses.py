"""The addresses of the app's pages; those that the server itself answers are in `crm_app.routes`. Imports nothing."""

HOME = "/"
BOARD = "/deals"
DEAL = "/deals/[deal_id]"
USERS = "/users"
TEAMS = "/teams"
PROFILE = "/profile"
IMPORTS = "/import"
