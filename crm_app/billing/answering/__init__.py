"""A customer's side of a quote, by the secret link: what is shown, what is accepted, declined and asked."""

from crm_app.billing.answering.commands import accept_by_link, ask_by_link, decline_by_link, see_by_link
from crm_app.billing.answering.offer import Offer, OfferLine, OfferSum, find_offer, paper_of

__all__ = [
    "Offer",
    "OfferLine",
    "OfferSum",
    "accept_by_link",
    "ask_by_link",
    "decline_by_link",
    "find_offer",
    "paper_of",
    "see_by_link",
]
