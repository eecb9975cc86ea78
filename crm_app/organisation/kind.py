"""The catalogue entry of the organisation."""

from crm_app.core.changes import Context, Field, Kind
from crm_app.core.changes.kinds import Row
from crm_app.organisation.rules import LANGUAGES, PAPERS, problems_of
from crm_app.tables import Organisation


def _gate(_context: Context, _before: Row | None, after: Row) -> dict[str, str]:
    return problems_of(after)


ORGANISATION = Kind(
    "organisation",
    "Organisation",
    "Organisation",
    Organisation,
    (
        Field("name", "Name", required=True, max_length=200),
        Field("place", "Place", unique=True, editable=False, filterable=False),
        Field("street", "Street", "longtext", max_length=300),
        Field("postcode", "Postcode", max_length=20),
        Field("city", "City", max_length=100),
        Field("region", "State or province", max_length=100),
        Field("country", "Country", max_length=100),
        Field("tax_ids", "Tax ids", "longtext", max_length=300),
        Field("email", "E-mail", max_length=254),
        Field("phone", "Phone", max_length=60),
        Field("website", "Website", max_length=200),
        Field("bank", "Bank details", "longtext", max_length=600),
        Field("colour", "Colour", max_length=7),
        Field("footer", "Footer", "longtext", max_length=600),
        Field("payment_days", "Days to pay", "int", minimum=0, maximum=365),
        Field("payment_terms", "Payment terms", "longtext", max_length=1000),
        Field("logo", "Logo", max_length=64, editable=False, filterable=False),
        Field("language", "Language of documents", "choice", choices=LANGUAGES),
        Field("paper", "Paper", "choice", choices=PAPERS),
    ),
    owner=None,
    gate=_gate,
    gate_fields=frozenset({"colour", "tax_ids", "bank", "footer"}),
)
