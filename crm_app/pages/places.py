"""Every page that the navigation names: the rail for what is done all day, Settings for what is arranged."""

from dataclasses import dataclass

from crm_app.identity.state import Viewer
from crm_app.ui import addresses
from crm_app.ui.shell import Place

HOME = Place(addresses.HOME, "Home", "home", key="h", phone=True)
INBOX = Place(addresses.INBOX, "Inbox", "bell", key="b", phone=True)
PEOPLE = Place(addresses.PEOPLE, "People", "people", key="e", phone=True)
COMPANIES = Place(addresses.COMPANIES, "Companies", "company", key="c")
DUPLICATES = Place(addresses.DUPLICATES, "Duplicates", "copy", key="x")
BOARD = Place(addresses.BOARD, "Deals", "deals", key="d", phone=True)
DEAL_LIST = Place(addresses.DEAL_LIST, "Deals", "deals")
FORECAST = Place(addresses.FORECAST, "Forecast", "forecast", Viewer.may_forecast, key="f")
ACTIVITIES = Place(addresses.ACTIVITIES, "Activities", "activities", key="a")
CALENDAR = Place(addresses.CALENDAR, "Calendar", "calendar", key="l")
DAY = Place(addresses.DAY, "My day", "day", key="m")
PRODUCTS = Place(addresses.PRODUCTS, "Products", "products", key="r")
QUOTES = Place(addresses.QUOTES, "Quotes", "quote", key="q")
PRICE_BOOKS = Place(addresses.PRICE_BOOKS, "Price books", "tag")
TEXTS = Place(addresses.TEXTS, "Texts", "file")
QUOTE_RULES = Place(addresses.QUOTE_RULES, "Rules for quotes", "check")
REPORTS = Place(addresses.REPORTS, "Reports", "reports", key="o")
QUALITY = Place(addresses.QUALITY, "Data quality", "check", key="k")
INVOICES = Place(addresses.INVOICES, "Invoices", "invoice", key="v")
ORDERS = Place(addresses.ORDERS, "Orders", "invoice")
USERS = Place(addresses.USERS, "Users", "users", key="u")
TEAMS = Place(addresses.TEAMS, "Teams", "teams", key="t")
ORGANISATION = Place(addresses.ORGANISATION, "Organisation", "company", Viewer.may_administer)
RATES = Place(addresses.RATES, "Rates", "rates")
TERRITORIES = Place(addresses.TERRITORIES, "Territories", "map", Viewer.may_administer, key="y")
POOLS = Place(addresses.POOLS, "Assignment", "share", Viewer.may_share, key="s")
PIPELINES = Place(addresses.PIPELINES, "Pipelines", "process", Viewer.may_administer, "w")
LIFECYCLE = Place(addresses.LIFECYCLE, "Lifecycle", "onward", Viewer.may_administer)
TERMS = Place(addresses.TERMS, "Terms and process", "book")
FIELDS = Place(addresses.FIELDS, "Fields", "field", Viewer.may_administer)
DICTIONARY = Place(addresses.DICTIONARY, "Data dictionary", "info")
VOCABULARIES = Place(addresses.VOCABULARIES, "Vocabularies", "list", Viewer.may_administer)
SCORING = Place(addresses.SCORING, "Scoring", "gauge", Viewer.may_administer)
IMPORT = Place(addresses.IMPORTS, "Import", "import", Viewer.may_import, "i")
PROFILE = Place(addresses.PROFILE, "Profile", "person", key="p")
SETTINGS = Place(addresses.SETTINGS, "Settings", "settings", key="g")


@dataclass(frozen=True)
class Setting:
    """A page that Settings leads to, and what it is for."""

    place: Place
    about: str


SETTINGS_GROUPS: tuple[tuple[str, tuple[Setting, ...]], ...] = (
    (
        "People and rights",
        (
            Setting(USERS, "Who may sign in, with which role, and what each role may see and change"),
            Setting(TEAMS, "The tree of teams, which decides whose records a manager sees"),
        ),
    ),
    (
        "Words and process",
        (
            Setting(TERMS, "What this organisation means by its words, and its processes as drawings"),
            Setting(LIFECYCLE, "What a person needs to become a lead and a contact"),
            Setting(PIPELINES, "Stages of deals: chances, conditions, limits"),
            Setting(VOCABULARIES, "Lists of words with their synonyms: industries, titles, reasons"),
        ),
    ),
    (
        "Fields",
        (
            Setting(FIELDS, "Fields of your own on any kind of record"),
            Setting(DICTIONARY, "Every field: what it means, what it asks for, how often it is filled in"),
        ),
    ),
    (
        "Who gets what",
        (
            Setting(TERRITORIES, "Rules by country, postcode, industry and size that name an owner"),
            Setting(POOLS, "How new leads and deals are shared among sellers"),
            Setting(SCORING, "What makes a lead warm: points for what is known and what they did"),
        ),
    ),
    (
        "Prices and papers",
        (
            Setting(ORGANISATION, "Name, address, logo and bank details at the head of every paper"),
            Setting(QUOTE_RULES, "Rounding, taxes, validity, and what needs an approval"),
            Setting(TEXTS, "Texts for proposals, with fields that fill themselves"),
            Setting(PRICE_BOOKS, "Other prices for a currency, a segment or a quantity"),
            Setting(RATES, "What other currencies are worth"),
        ),
    ),
)
ARRANGED = [setting.place for _, group in SETTINGS_GROUPS for setting in group]
GROUPS: list[tuple[str, list[Place]]] = [
    (
        "",
        [
            *(HOME, DAY, INBOX, PEOPLE, COMPANIES, BOARD, FORECAST, ACTIVITIES, CALENDAR, PRODUCTS),
            *(QUOTES, INVOICES, REPORTS),
        ],
    ),
    ("Organisation", [QUALITY, DUPLICATES, IMPORT, SETTINGS]),
]
PLACES = [*(p for _, group in GROUPS for p in group), *ARRANGED, PROFILE]
