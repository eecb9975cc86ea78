"""What companies are called: after a founder, a town and a trade, by initials, or by a coined word."""

from random import Random
from typing import NamedTuple

from crm_app.demo.scale.lands import Land, Town, Word
from crm_app.demo.scale.names import slug

_HEADS = """
Acu Aero Alti Ampli Aqua Arbo Astra Avo Brava Cala Capi Ceno Cora Data Delfi Domi Ecto Elo Emi Envo Fera Fluo Forti
Gala Geno Heli Hydro Ino Inte Kali Kine Lati Logi Luma Luxo Magni Mari Medi Meta Mira Modu Nava Neo Nexo Nori Nova
Octa Omni Opti Ora Pano Pera Poly Prima Proto Quanta Rena Rivo Sana Sele Senso Sola Sono Stera Tecto Tera Tria Uni
Vari Vela Veri Vibra Vira Vita Volta Xeno Zeta Zola
"""
_TAILS = """
bel byte cell cor core dyn fera flex flow form gen graph grid lane lent line link lis lite logic lon lux mar mark max
mont nex nor nova path plan plex point quest ra ris scan sens sign soft sol span star tec ton trace tron val vance
vent via vis vista wave wise works xis zen
"""
HEADS, TAILS = tuple(_HEADS.split()), tuple(_TAILS.split())
LETTERS = "ABCDEFGHIKLMNPRSTVWZ"
WAYS = ("founder", "founder", "founder", "founder", "place", "coined", "coined", "coined", "initials", "pair", "family")
TRIES = 8


class FirmName(NamedTuple):
    """`core` is what people say, `full` has the legal form, `slug` is its domain without the ending."""

    core: str
    form: str
    full: str
    industry: str
    slug: str


class Register:
    """Names that nobody has yet: two companies have no domain in common, and numbers only where all else clashed."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, random: Random, land: Land, town: Town) -> FirmName:
        """One for a company of that town."""
        for attempt in range(TRIES):
            industry, trade = random.choice(land.words.trades)
            core = _core(random, land, town, trade, random.choice(WAYS))
            if attempt > TRIES // 2:
                core = Word(f"{core.native} {town.name.native}", f"{core.latin} {town.name.latin}")
            domain = slug(core.latin.replace("&", ""), land.language, random.choice(("-", "-", "")))
            if domain not in self._taken:
                break
        else:
            domain = next(f"{domain}{n}" for n in range(2, 1_000_000) if f"{domain}{n}" not in self._taken)
        self._taken.add(domain)
        form = random.choice(land.forms)
        return FirmName(core.native, form, formed(land, core.native, form), industry, domain)


def formed(land: Land, core: str, form: str) -> str:
    """The name with its legal form where it stands in that country."""
    if land.code == "UA":
        return f"{form} «{core}»" if form else core
    if land.code in ("JP", "CN"):
        return f"{form}{core}" if form == "株式会社" and len(core) % 2 else f"{core}{form}"
    if land.code == "EG":
        return f"شركة {core} {form}".strip()
    return f"{core} {form}".strip()


def _core(random: Random, land: Land, town: Town, trade: Word, way: str) -> Word:
    words = land.words
    founder, glue = words.surnames.pick(random).his, "" if land.east else " "
    if land.code == "CN":
        signs = random.sample(words.coined, 2)
        coined = _word("", signs[0], Word(signs[1].native, signs[1].latin.lower()))
        return _word("", town.name, coined, trade)
    if way == "place":
        return _word(glue, town.name, trade)
    if way == "coined" or (way == "initials" and words.coined):
        coined = random.choice(words.coined) if words.coined else _coined(random)
        return _word(glue, coined, trade) if words.coined or random.random() < 0.75 else coined
    if way == "initials":
        letters = "".join(random.choices(LETTERS, k=random.choice((2, 3, 3))))
        return _word(glue, Word(letters, letters), trade)
    if way == "pair" and not words.coined:
        other = words.surnames.pick(random).his
        pair = _word(" & ", founder, other)
        return _word(" ", pair, trade) if random.random() < 0.3 else pair
    if way == "family":
        family = Word(land.family.format(founder.native), founder.latin)
        return _word(glue, family, trade)
    return _word(glue, founder, trade)


def _coined(random: Random) -> Word:
    word = random.choice(HEADS) + random.choice(TAILS)
    return Word(word, word)


def _word(glue: str, *parts: Word) -> Word:
    return Word(glue.join(p.native for p in parts), (glue or " ").join(p.latin for p in parts))
