"""E-mail addresses and telephone numbers in the one form in which they can be compared."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumberFormat

from search.words import digits, fold

ALIASES = {"googlemail.com": "gmail.com", "pm.me": "protonmail.com", "proton.me": "protonmail.com"}
DOTLESS = frozenset({"gmail.com"})
DASHED = frozenset({"yahoo.com", "yahoo.co.uk", "ymail.com"})
PUBLIC = frozenset(
    [
        "gmail.com",
        "yahoo.com",
        "yahoo.co.uk",
        "yahoo.fr",
        "yahoo.de",
        "ymail.com",
        "hotmail.com",
        "hotmail.co.uk",
        "hotmail.fr",
        "outlook.com",
        "outlook.de",
        "live.com",
        "live.co.uk",
        "msn.com",
        "aol.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "protonmail.com",
        "gmx.de",
        "gmx.net",
        "gmx.at",
        "gmx.ch",
        "gmx.com",
        "web.de",
        "t-online.de",
        "freenet.de",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "laposte.net",
        "sfr.fr",
        "libero.it",
        "virgilio.it",
        "tin.it",
        "bigpond.com",
        "optusnet.com.au",
        "comcast.net",
        "verizon.net",
        "att.net",
        "btinternet.com",
        "sky.com",
        "mail.ru",
        "yandex.ru",
        "qq.com",
        "163.com",
        "126.com",
        "naver.com",
        "zoho.com",
        "fastmail.com",
        "tutanota.com",
        "bluewin.ch",
        "telenet.be",
        "ziggo.nl",
        "kpnmail.nl",
        "seznam.cz",
        "wp.pl",
        "o2.pl",
        "onet.pl",
    ]
)
ROLES = frozenset(
    [
        "info",
        "office",
        "contact",
        "kontakt",
        "mail",
        "hello",
        "sales",
        "support",
        "admin",
        "service",
        "help",
        "billing",
        "accounts",
        "team",
        "hr",
        "jobs",
        "press",
        "marketing",
        "enquiries",
        "inquiries",
        "reception",
        "noreply",
        "webmaster",
        "postmaster",
        "buero",
        "verkauf",
        "einkauf",
        "rechnung",
    ]
)
CALLING = {
    "uk": "GB",
    "united kingdom": "GB",
    "england": "GB",
    "usa": "US",
    "united states": "US",
    "germany": "DE",
    "deutschland": "DE",
    "austria": "AT",
    "switzerland": "CH",
    "france": "FR",
    "italy": "IT",
    "spain": "ES",
    "netherlands": "NL",
    "belgium": "BE",
    "australia": "AU",
    "new zealand": "NZ",
    "canada": "CA",
    "ireland": "IE",
    "poland": "PL",
    "sweden": "SE",
    "norway": "NO",
    "denmark": "DK",
    "japan": "JP",
    "india": "IN",
    "brazil": "BR",
}
LEAST_DIGITS = 5
WITH_TRUNK = frozenset({"7", "36", "52", "54"})  # other trunk codes than 0
_NUMBER = re.compile(r"[0-9]+")


def email(text: str) -> tuple[str, str]:
    """The address of one person and its company's domain; a shared mailbox such as info@ has the domain alone."""
    plain = fold(text.strip().removeprefix("mailto:").strip("<> "))
    local, at, domain = plain.rpartition("@")
    if not (at and local and "." in domain) or " " in plain:
        return "", ""
    domain = ALIASES.get(domain, domain)
    local = local.split("+", 1)[0] or local
    if domain in DOTLESS:
        local = local.replace(".", "")
    elif domain in DASHED:
        local = local.split("-", 1)[0] or local
    own = "" if domain in PUBLIC else domain
    return ("" if own and local in ROLES else f"{local}@{domain}"), own


def website(text: str) -> str:
    """The domain of an address on the web, without `www.`."""
    bare = fold(text.strip()).split("://", 1)[-1].split("/", 1)[0].split("?", 1)[0].split("@")[-1].split(":")[0]
    bare = bare.removeprefix("www.").strip(".")
    return bare if "." in bare and " " not in bare and bare not in PUBLIC else ""


@lru_cache(maxsize=50_000)
def phone(text: str, country: str = "") -> str:
    """E.164 where the country is known, else the digits without leading zeros; "" for too few or only one digit."""
    number = "".join(_NUMBER.findall(text)) if text.isascii() and "(" not in text else digits(text)
    if len(number.lstrip("0")) < LEAST_DIGITS or len(set(number)) == 1:
        return ""
    region = CALLING.get(country) or (country.upper() if len(country) == 2 else None)
    if text[:1] == "+" and 9 <= len(number) <= 15 and _is_plain(number):
        return "+" + number
    if text.lstrip()[:1] == "+" or number.startswith("00") or region:
        given = "+" + number[2:] if number.startswith("00") else text
        try:
            found = phonenumbers.parse(given, region)
        except phonenumbers.NumberParseException:
            return number.lstrip("0")
        return phonenumbers.format_number(found, PhoneNumberFormat.E164)
    return number.lstrip("0")


def _is_plain(number: str) -> bool:
    """Is this a country's code and a national number without its trunk zero, which no library must take away?"""
    for length in (1, 2, 3):
        if int(number[:length]) in COUNTRY_CODE_TO_REGION_CODE:
            return number[length] != "0" and number[:length] not in WITH_TRUNK
    return False
