"""Why two records are taken for one, in words: `same phone; Jon ~ Jonathan; town differs`."""

from search.duplicates.fields import EMAILS, PHONES
from search.duplicates.levels import EXACT, MISSING, OTHER, PART
from search.duplicates.scoring import Scored
from search.duplicates.table import Table

LABELS = {
    "national": "national id",
    "birth": "date of birth",
    "email": "e-mail",
    "phone": "phone",
    "given": "first name",
    "surname": "surname",
    "generation": "generation",
    "company": "company",
    "firm": "company",
    "legal": "legal form",
    "domain": "web domain",
    "street": "street",
    "number": "house number",
    "street2": "second address line",
    "city": "town",
    "postcode": "postcode",
    "region": "region",
    "country": "country",
}
TOGETHER = ("given", "surname")
ADDRESS = ("street", "number", "city", "postcode")
SILENT = ("generation", "legal", "domain", "country", "region", "street2")  # named only where they differ, or never
COLUMNS = {"email": EMAILS[0], "phone": PHONES[0], "firm": "company"}


def explain(table: Table, left: int, right: int, scored: Scored, at: int) -> str:
    """What agrees, then what is alike, then what differs, for pair number `at` of what was scored."""
    level = {name: int(seen.level[at]) for name, seen in scored.compared.fields.items()}
    same, alike, differ = [], [], []
    for name in LABELS:
        if name in SILENT and level[name] != OTHER:
            continue
        if level[name] == EXACT:
            same.append(name)
        elif (level[name] == OTHER or (name, level[name]) == ("birth", PART)) and not _is_swapped(scored, name, at):
            differ.append(f"{LABELS[name]} differs")
        elif level[name] != MISSING and not _is_swapped(scored, name, at):
            alike.append(_alike(table, name, left, right))
    said = [f"same {label}" for label in _merged(same)]
    if scored.weighed.swapped["names"][at]:
        said.append("first name and surname exchanged")
    if scored.weighed.swapped["lines"][at]:
        said.append("address lines exchanged")
    return "; ".join([*said, *alike, *differ])


def _is_swapped(scored: Scored, name: str, at: int) -> bool:
    kind = "names" if name in TOGETHER else "lines" if name in ("street", "street2") else ""
    return bool(kind) and bool(scored.weighed.swapped[kind][at])


def _merged(same: list[str]) -> list[str]:
    """`same name` for both names, `same address` for all of it."""
    found = [LABELS[name] for name in same]
    for label, parts in (("name", TOGETHER), ("address", ADDRESS)):
        labels = [LABELS[part] for part in parts]
        if set(labels) <= set(found):
            found[found.index(labels[0])] = label
            found = [known for known in found if known not in labels]
    return found


def _alike(table: Table, name: str, left: int, right: int) -> str:
    column = COLUMNS.get(name, name)
    one, two = table.text(column, left), table.text(column, right)
    several = name in table.every and any(len(table.every[name].of(row)) > 1 for row in (left, right))
    if not (one and two) or one == two or several:
        return f"similar {LABELS[name]}"
    if column in ("given", "surname", "company"):
        one, two = one.title(), two.title()
    if name == "birth":
        one, two = (f"{text[:4]}-{text[4:6]}-{text[6:]}" for text in (one, two))
    return f"{one} ~ {two}"
