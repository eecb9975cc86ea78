"""The table of rights: which role may do what on which object, and how far. Data only."""

from typing import Literal

Reach = Literal["none", "own", "team", "all"]
ROLES = ("administrator", "manager", "sales", "marketing", "support", "read-only")
ROLE_NAMES = {
    "administrator": "Administrator",
    "manager": "Manager",
    "sales": "Sales",
    "marketing": "Marketing",
    "support": "Support",
    "read-only": "Read only",
}
OBJECTS = (
    "deal",
    "company",
    "person",
    "product",
    "price_book",
    "quote",
    "text_block",
    "activity",
    "pipeline",
    "user",
    "team",
    "tag",
    "file",
    "saved_view",
    "import",
    "custom_field",
    "organisation",
)
OBJECT_NAMES = {
    "deal": "deals",
    "company": "companies",
    "person": "people",
    "product": "products",
    "price_book": "price books",
    "quote": "quotes",
    "text_block": "text blocks",
    "activity": "activities",
    "pipeline": "pipelines",
    "user": "users",
    "team": "teams",
    "tag": "tags",
    "file": "files",
    "saved_view": "saved views",
    "import": "imports",
    "custom_field": "custom fields",
    "organisation": "the organisation",
}
ACTIONS = ("create", "read", "edit", "delete", "export", "mass_edit", "merge", "import", "administer")
SCOPES: tuple[Reach, ...] = ("none", "own", "team", "all")
LETTERS: dict[str, Reach] = {"-": "none", "o": "own", "t": "team", "a": "all"}

# One letter an action, in the order of ACTIONS: create read edit delete export mass_edit merge import administer.
# - none, o own, t the own team and those below, a all. For create and import the letter says only whether at all.
TABLE: dict[str, dict[str, str]] = {
    "administrator": dict.fromkeys(OBJECTS, "aaaaaaaaa"),
    "manager": {
        "deal": "attttt-a-",
        "company": "aattttta-",
        "person": "aattttta-",
        "product": "aaa-aa-a-",
        "price_book": "aaaaa----",
        "quote": "attttt---",
        "text_block": "aaaa-----",
        "activity": "attttt-a-",
        "pipeline": "-a-------",
        "user": "-a-------",
        "team": "-a-------",
        "tag": "aaaa-----",
        "file": "attt-----",
        "saved_view": "aaoo-----",
        "import": "aaoo---a-",
        "custom_field": "-a-------",
        "organisation": "-a-------",
    },
    "sales": {
        "deal": "aooooo---",
        "company": "aaoooo---",
        "person": "aaooooo--",
        "product": "-a-------",
        "price_book": "-a-------",
        "quote": "aooooo---",
        "text_block": "-a-------",
        "activity": "aooooo---",
        "pipeline": "-a-------",
        "user": "-a-------",
        "team": "-a-------",
        "tag": "aa-------",
        "file": "aooo-----",
        "saved_view": "aooo-----",
        "import": "---------",
        "custom_field": "-a-------",
        "organisation": "-a-------",
    },
    "marketing": {
        "deal": "-a-------",
        "company": "aaoooo-a-",
        "person": "aaaoaaaa-",
        "product": "-a-------",
        "price_book": "-a-------",
        "quote": "-a-------",
        "text_block": "aaaa-----",
        "activity": "aaooo----",
        "pipeline": "-a-------",
        "user": "-a-------",
        "team": "-a-------",
        "tag": "aaaa-----",
        "file": "aaoo-----",
        "saved_view": "aooo-----",
        "import": "aooo---a-",
        "custom_field": "-a-------",
        "organisation": "-a-------",
    },
    "support": {
        "deal": "-a-------",
        "company": "aao------",
        "person": "aaa------",
        "product": "-a-------",
        "price_book": "-a-------",
        "quote": "-a-------",
        "text_block": "-a-------",
        "activity": "aaoo-----",
        "pipeline": "-a-------",
        "user": "-a-------",
        "team": "-a-------",
        "tag": "aa-------",
        "file": "aaoo-----",
        "saved_view": "aooo-----",
        "import": "---------",
        "custom_field": "-a-------",
        "organisation": "-a-------",
    },
    "read-only": {
        "deal": "-a-------",
        "company": "-a-------",
        "person": "-a-------",
        "product": "-a-------",
        "price_book": "-a-------",
        "quote": "-a-------",
        "text_block": "-a-------",
        "activity": "-a-------",
        "pipeline": "-a-------",
        "user": "-a-------",
        "team": "-a-------",
        "tag": "-a-------",
        "file": "-a-------",
        "saved_view": "aooo-----",
        "import": "---------",
        "custom_field": "-a-------",
        "organisation": "-a-------",
    },
}
MATRIX: dict[str, dict[str, dict[str, Reach]]] = {
    role: {
        obj: {action: LETTERS[letter] for action, letter in zip(ACTIONS, letters, strict=True)}
        for obj, letters in row.items()
    }
    for role, row in TABLE.items()
}
