"""The fields of a record that are compared, as they come and as they are kept."""

GIVEN = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "company",
    "street_number",
    "street",
    "street2",
    "city",
    "region",
    "postcode",
    "country",
    "birth_date",
    "national_id",
    "website",
)
SLOTS = 3
EMAILS = tuple(f"email{n}" for n in range(1, SLOTS + 1))
PHONES = tuple(f"phone{n}" for n in range(1, SLOTS + 1))
SLOTS_OF = {"email": EMAILS, "phone": PHONES}
FURTHER = 200  # so many more of each are kept after those
MORE = {"email": "more_emails", "phone": "more_phones"}
KEPT = (
    "given",
    "surname",
    "generation",
    *EMAILS,
    *PHONES,
    "company",
    "legal",
    "domain",
    "number",
    "street",
    "street2",
    "city",
    "region",
    "postcode",
    "country",
    "birth",
    "national",
    *MORE.values(),
)
AT = {name: place for place, name in enumerate(KEPT)}
Profile = tuple[str, ...]  # one normalised text for each of KEPT, "" where nothing is known
EMPTY: Profile = ("",) * len(KEPT)
