"""Commands of quotes. They never commit; `apply_many` writes, the kind's gate and seal hold for all of them."""

from crm_app.quotes.service.answering import Accepted, accept, decline, expire_quotes, mark_viewed
from crm_app.quotes.service.approving import answer_approval, ask_approval
from crm_app.quotes.service.editing import (
    add_line,
    edit_line,
    edit_quote,
    move_line,
    remove_line,
    rename_section,
)
from crm_app.quotes.service.links import find_by_token, new_link, revoke_links
from crm_app.quotes.service.making import clone_quote, make_from_deal, make_version
from crm_app.quotes.service.policy import save_policy
from crm_app.quotes.service.sending import send_quote
from crm_app.quotes.service.texts import add_text, choose_file, edit_text, remove_text

__all__ = [
    "Accepted",
    "accept",
    "add_line",
    "add_text",
    "answer_approval",
    "ask_approval",
    "choose_file",
    "clone_quote",
    "decline",
    "edit_line",
    "edit_quote",
    "edit_text",
    "expire_quotes",
    "find_by_token",
    "make_from_deal",
    "make_version",
    "mark_viewed",
    "move_line",
    "new_link",
    "remove_line",
    "remove_text",
    "rename_section",
    "revoke_links",
    "save_policy",
    "send_quote",
]
