"""People: found again by e-mail address, then by name within a company."""

import re
from typing import ClassVar

from crm_app.core.changes.change import Change
from crm_app.imports.recipes.recipe import Draft, Recipe

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")


class PersonRecipe(Recipe):
    """A person needs a name, or at least an address by which they are known."""

    match: ClassVar = (("external_id",), ("emails",), ("display_name", "company_id?"))
    supplies: ClassVar = frozenset({"display_name"})

    def read(self, draft: Draft) -> None:
        """Make the name of its parts, check the address."""
        values = draft.values
        email = draft.parts.get("emails", {}).get("value")
        if email is not None:
            if not _EMAIL.fullmatch(email):
                raise ValueError(f"E-mail: {email[:80]!r} is not an address.")
            draft.parts["emails"]["value"] = email.lower()
        name = f"{values.get('first_name', '')} {values.get('last_name', '')}".strip()
        values.setdefault("display_name", name or email or draft.parts.get("phones", {}).get("value", ""))
        if not values["display_name"]:
            raise ValueError("A person needs a name.")

    def creation(self, chunk, draft: Draft) -> list[Change]:
        """The first address and the first number are the primary ones."""
        for name in ("emails", "phones"):
            if part := draft.parts.get(name):
                part["is_primary"] = True
        return super().creation(chunk, draft)
