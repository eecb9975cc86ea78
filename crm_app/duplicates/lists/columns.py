"""Which column of a list is which field: as somebody said, or by its header."""

from collections.abc import Mapping, Sequence

from crm_app.core.errors import Refused
from crm_app.imports.reading import squeeze
from search.duplicates.fields import GIVEN

LEFT_OUT = ("", "-")
HEADERS: dict[str, tuple[str, ...]] = {
    "first_name": ("first name", "given name", "forename", "christian name", "vorname", "prénom", "full name", "name"),
    "last_name": ("last name", "surname", "family name", "nachname", "nom", "apellido"),
    "email": ("e-mail", "email address", "mail", "work email", "courriel"),
    "phone": ("telephone", "tel", "mobile", "phone number", "telefon", "work phone", "mobile phone"),
    "company": ("company name", "organisation", "organization", "account", "account name", "employer", "firma"),
    "street_number": ("house number", "street no", "house no", "hausnummer"),
    "street": ("address", "address 1", "address line 1", "street address", "strasse", "straße", "adresse", "rue"),
    "street2": ("address 2", "address line 2", "street 2"),
    "city": ("town", "suburb", "locality", "ort", "stadt", "ville"),
    "region": ("state", "county", "province", "bundesland"),
    "postcode": ("postal code", "zip", "zip code", "plz", "code postal"),
    "country": ("land", "pays"),
    "birth_date": ("date of birth", "dob", "birthday", "geburtsdatum"),
    "national_id": ("national insurance number", "ssn", "soc sec id", "social security number", "tax id", "vat id"),
    "website": ("domain", "url", "homepage", "web"),
}
KNOWN = {squeeze(word): field for field in GIVEN for word in (field, *HEADERS[field])}


def parse_columns(text: str) -> dict[str, str]:
    """`first_name=given_name,city=` as field → header; nothing after the sign leaves the field out. Raises Refused."""
    chosen: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        field, sign, header = (piece.strip() for piece in part.partition("="))
        if not sign:
            raise Refused(f"--columns: {part!r} has no sign of equality; write field=header.")
        if field not in GIVEN:
            raise Refused(f"--columns: there is no field {field!r}; there are {', '.join(GIVEN)}.")
        if field in chosen:
            raise Refused(f"--columns: {field} is named twice.")
        chosen[field] = header
    return chosen


def find_columns(header: Sequence[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """Field → place in the row. Raises Refused where a chosen column is not there, or no column says anything."""
    places = {squeeze(name): at for at, name in reversed(list(enumerate(header)))}
    found: dict[str, int] = {}
    for field, name in chosen.items():
        if name in LEFT_OUT:
            continue
        if squeeze(name) not in places:
            raise Refused(f"There is no column {name!r}; there are {', '.join(header)}.")
        found[field] = places[squeeze(name)]
    taken = set(found.values())
    for at, name in enumerate(header):
        field = KNOWN.get(squeeze(name))
        if field is not None and field not in chosen and field not in found and at not in taken:
            found[field] = at
    if not found:
        raise Refused(
            "No column of this file says who somebody is.",
            [f"Name them with --columns, as in first_name={header[0]}; the fields are {', '.join(GIVEN)}."],
        )
    return found


def find_id(header: Sequence[str], name: str) -> int:
    """The place of the column with the ids. Raises Refused."""
    places = [at for at, given in enumerate(header) if squeeze(given) == squeeze(name)]
    if not places:
        raise Refused(f"There is no column {name!r} for --id; there are {', '.join(header)}.")
    return places[0]
