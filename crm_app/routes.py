"""The addresses that the server itself answers; those of the app are in `pages`. Imports nothing."""

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
FIRST_USER = "/first-user"
INVITE = "/invite"
SESSION = "/session"
HEALTH = "/health"

FILES = "/files/"
FILE = "/files/{file_id:int}"
PREVIEW = "/files/{file_id:int}/preview"
QUOTE_PAPER = "/paper/quotes/{quote_id:int}"
EXPORT = "/export/{kind}.{form}"
SAMPLE = "/organisation/sample.pdf"
REPORT_FILES = "/reports/files/"
REPORT_FILE = "/reports/files/{report}.{form}"

FEEDS = "/feeds/"
CALENDAR_FEED = "/feeds/calendar/{token}.ics"
OFFERS = "/q/"
OFFER = "/q/{token}"
OFFER_PAPER = "/q/{token}/pdf"

SOCKET = "/_event"
UPLOAD = "/_upload"

# Reachable without a session: sign-in and the files that its pages and the shell show.
PUBLIC_PAGES = frozenset({SIGN_IN, SIGN_OUT, FIRST_USER, INVITE, SESSION, HEALTH})
DOOR_SHEETS = tuple(f"/css/{name}.css" for name in ("base", "pieces", "forms", "door"))
OFFER_SHEETS = tuple(f"/css/{name}.css" for name in ("base", "pieces", "forms", "offer"))
PUBLIC_FILES = frozenset(
    {*DOOR_SHEETS, *OFFER_SHEETS, "/theme.js", "/session.js", "/icon.svg", "/favicon.ico", "/manifest.webmanifest"}
)
HASHED_FILES = "/assets/"
# What Reflex answers by itself and Kith does not show.
HIDDEN = ("/ping", "/_health", "/_all_routes", "/auth-codespace")
