"""The catalogue entry of people."""

from crm_app.companies.kind import ADDRESS, alike_addresses, placed
from crm_app.core.changes import Children, Context, Field, Kind
from crm_app.core.changes.kinds import Row
from crm_app.core.text import phone_key
from crm_app.people.consent import CONSENTS, date_consents
from crm_app.people.following import follow_roles, settle_roles
from crm_app.people.rules import segment_of
from crm_app.people.scored import OVERRIDE, SCORED, sign_overrides
from crm_app.people.tidying import tidy_language, tidy_zone
from crm_app.records.kind import merged_into, tags_of
from crm_app.records.phones import tidy_phone
from crm_app.records.vocabulary import tidy_word
from crm_app.tables import (
    Person,
    PersonAddress,
    PersonEmail,
    PersonPhone,
    PersonProfile,
    PersonRelation,
    PersonRole,
)

LIFECYCLES = ("name", "lead", "contact")
SEGMENTS = ("suspect", "prospect", "qualified")
NETWORKS = ("LinkedIn", "X", "Xing", "Facebook", "Instagram", "GitHub", "Mastodon", "YouTube", "other")
# What the other person is to this one; the reverse wording follows from it in `people.rules`.
RELATIONS = ("knows", "manager", "assistant", "colleague", "partner", "referred by")


def _complete(context: Context, before: Row | None, after: Row) -> Row:
    """The display name is made of the parts unless somebody wrote another one; company and title follow the roles."""
    date_consents(context)
    sign_overrides(context)
    parts = f"{after['first_name']} {after['last_name']}".strip()
    old = f"{before['first_name']} {before['last_name']}".strip() if before else ""
    named = parts and (not after["display_name"] or after["display_name"] == old)
    return (
        ({"display_name": parts} if named else {})
        | follow_roles(context, PERSON, before, after)
        | segment_of(before, after)
    )


def _gate(_context: Context, _before: Row | None, after: Row) -> dict[str, str]:
    return (
        {}
        if after["display_name"] or after["first_name"] or after["last_name"]
        else {"last_name": "A person needs a name."}
    )


PERSON = Kind(
    "person",
    "Person",
    "People",
    Person,
    (
        Field(
            "first_name",
            "First name",
            max_length=100,
            personal=True,
            synonyms=("given name", "forename", "Vorname", "prénom", "nombre", "voornaam"),
        ),
        Field(
            "last_name",
            "Last name",
            max_length=100,
            personal=True,
            synonyms=("surname", "family name", "Nachname", "nom", "apellido", "achternaam"),
        ),
        Field(
            "display_name",
            "Name",
            max_length=200,
            searchable=True,
            personal=True,
            synonyms=("name", "full name", "contact", "contact name", "person"),
        ),
        Field(
            "title",
            "Title",
            max_length=120,
            synonyms=("job title", "position", "role", "Funktion", "fonction"),
            vocabulary="title",
            tidy=tidy_word("title"),
        ),
        Field(
            "company_id",
            "Company",
            "ref",
            ref="company",
            on_merge="move",
            synonyms=(
                "company",
                "company name",
                "account",
                "organisation",
                "organization",
                "employer",
                "Firma",
                "société",
            ),
        ),
        Field("lifecycle", "Lifecycle", "choice", choices=LIFECYCLES),
        Field("segment", "Segment", "choice", choices=SEGMENTS),
        Field("language", "Language", max_length=35, synonyms=("locale", "preferred language"), tidy=tidy_language),
        Field("zone", "Time zone", max_length=60, synonyms=("timezone", "preferred time zone"), tidy=tidy_zone),
        Field(
            "source",
            "Source",
            max_length=100,
            synonyms=("lead source", "origin"),
            vocabulary="source",
            tidy=tidy_word("source"),
        ),
        Field("private", "Private person", "bool", synonyms=("private",)),
        Field(
            "setback_reason",
            "Reason for going back",
            max_length=200,
            vocabulary="setback",
            tidy=tidy_word("setback"),
        ),
        Field("owner_id", "Owner", "ref", ref="user", synonyms=("owner", "contact owner")),
        Field("last_touch_at", "Last touch", "datetime", editable=False),
        *SCORED,
        merged_into("person"),
    ),
    children=(
        Children(
            "emails",
            "E-mails",
            PersonEmail,
            "person_id",
            (
                Field(
                    "value",
                    "E-mail",
                    required=True,
                    max_length=254,
                    personal=True,
                    searchable=True,
                    synonyms=("e mail", "email", "email address", "mail", "work email", "courriel", "correo"),
                ),
                Field("label", "Label", max_length=40),
                Field("is_primary", "Primary", "bool"),
            ),
            on_merge="join",
            alike=lambda row: row["value"].casefold(),
        ),
        Children(
            "phones",
            "Phones",
            PersonPhone,
            "person_id",
            (
                Field(
                    "value",
                    "Phone",
                    required=True,
                    max_length=60,
                    personal=True,
                    searchable=True,
                    synonyms=(
                        "phone",
                        "telephone",
                        "mobile",
                        "phone number",
                        "Telefon",
                        "Handy",
                        "téléphone",
                        "teléfono",
                    ),
                    holds="phone",
                    tidy=tidy_phone,
                ),
                Field("label", "Label", max_length=40),
                Field("is_primary", "Primary", "bool"),
            ),
            on_merge="join",
            alike=lambda row: phone_key(row["value"]),
        ),
        Children("addresses", "Addresses", PersonAddress, "person_id", ADDRESS, on_merge="join", alike=alike_addresses),
        Children(
            "profiles",
            "Profiles",
            PersonProfile,
            "person_id",
            (
                Field("network", "Network", "choice", choices=NETWORKS, required=True),
                Field("value", "Profile", required=True, max_length=300, personal=True, synonyms=("linkedin",)),
            ),
            on_merge="join",
            alike=lambda row: (row["network"], row["value"].casefold().rstrip("/")),
        ),
        *CONSENTS,
        OVERRIDE,
        Children(
            "roles",
            "Roles",
            PersonRole,
            "person_id",
            (
                Field("company_id", "Company", "ref", ref="company", on_merge="move"),
                Field("title", "Title", max_length=120, vocabulary="title", tidy=tidy_word("title")),
                Field("starts_on", "From", "date"),
                Field("ends_on", "Until", "date"),
                Field("current", "Current", "bool"),
                Field("is_primary", "Primary", "bool"),
            ),
            on_merge="join",
            alike=lambda row: (row["company_id"], row["title"].casefold(), row["starts_on"], row["current"]),
            settle=settle_roles,
        ),
        Children(
            "relations",
            "Relations",
            PersonRelation,
            "person_id",
            (
                Field("other_id", "Person", "ref", required=True, ref="person", on_merge="move"),
                Field("type", "Relation", "choice", choices=RELATIONS),
                Field("note", "Note", max_length=200),
            ),
            on_merge="join",
            alike=lambda row: (row["other_id"], row["type"]),
        ),
        tags_of("person"),
    ),
    title="display_name",
    path="/people",
    columns=(
        "display_name",
        "title",
        "company_id",
        "lifecycle",
        "emails.value",
        "phones.value",
        "owner_id",
        "last_touch_at",
    ),
    summary=("title", "company_id", "emails.value"),
    form=(
        "first_name",
        "last_name",
        "title",
        "company_id",
        "emails.value",
        "phones.value",
        "lifecycle",
        "owner_id",
    ),
    sort="display_name",
    likeness={
        "first_name": ("first_name",),
        "last_name": ("last_name",),
        "name": ("display_name",),
        "email": ("emails.value",),
        "phone": ("phones.value",),
        "company": ("company_id",),
        **placed(),
    },
    together=(("first_name", "last_name", "display_name"),),
    derived=frozenset({"last_touch_at", *(f.name for f in SCORED)}),
    gate=_gate,
    complete=_complete,
    watched=frozenset({"emails", "phones", "roles", OVERRIDE.name, *(c.name for c in CONSENTS)}),
)
