"""What people and companies are called, by country: the native form, and the Latin one for addresses."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Land:
    """A country; names are `native=latin` where the script is another one. `east`: the family name comes first."""

    name: str
    language: str
    weight: int
    prefix: str
    digits: int
    domain: str
    form: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    east: bool = False


def _land(name, language, weight, prefix, digits, domain, form, first, last, east=False) -> Land:
    return Land(name, language, weight, prefix, digits, domain, form, tuple(first.split()), tuple(last.split()), east)


LANDS = (
    _land("United States", "en", 24, "+1", 10, "com", "Inc.",
          "Olivia Liam Emma Noah Ava Ethan Mia Lucas Zoe Mason Grace Logan Hazel Owen Ruby Caleb",
          "Smith Johnson Brown Davis Miller Wilson Moore Taylor Anderson Jackson White Harris Clark Lewis"),
    _land("Germany", "de", 18, "+49", 10, "de", "GmbH",
          "Jürgen Anneliese Björn Käthe Sören Heike Matthias Ulrike Jörg Sabine Günther Lena Florian Marlene",
          "Müller Schröder Weiß Köhler Krüger Böhm Schäfer Groß Vogel Brandt Jäger Lehmann Straßer Winter"),
    _land("France", "fr", 12, "+33", 9, "fr", "SARL",
          "Chloé Étienne Zoé François Anaïs Gaël Inès Loïc Hélène Théo Maëlle Rémi Noémie Benoît",
          "Lefèvre Dupré Garçon Moreau Béranger Lemaître Rousseau Gauthier Chevalier Périer Fabre Mercier"),
    _land("Spain", "es", 8, "+34", 9, "es", "S.L.",
          "Íñigo Lucía Andrés Begoña Álvaro Nerea Joaquín Ainhoa Martín Sofía Núria Raúl",
          "García Muñoz Ibáñez Núñez Peña Gómez Martínez Vázquez Ordóñez Domínguez Yáñez León"),
    _land("Poland", "pl", 7, "+48", 9, "pl", "sp. z o.o.",
          "Łukasz Małgorzata Paweł Zofia Michał Grażyna Wojciech Bożena Stanisław Kinga",
          "Wójcik Dąbrowski Zieliński Wiśniewska Kamiński Szymański Woźniak Kozłowski Król Głowacki"),
    _land("Denmark", "da", 5, "+45", 8, "dk", "A/S",
          "Søren Åse Jørgen Mette Bjørn Kirsten Rasmus Signe Øyvind Frederikke",
          "Sørensen Nørgaard Kjær Østergaard Madsen Bæk Møller Lund Skov Dahl"),
    _land("Türkiye", "tr", 5, "+90", 10, "com.tr", "A.Ş.",
          "Ayşe İbrahim Çağla Oğuz Şule Gökhan Yağmur Emre Tuğba Barış",
          "Yılmaz Şahin Çelik Öztürk Aydın Kılıç Doğan Güneş Koç Erdoğdu"),
    _land("Greece", "el", 5, "+30", 10, "gr", "Α.Ε.",
          "Γιώργος=Giorgos Ελένη=Eleni Νίκος=Nikos Μαρία=Maria Κώστας=Kostas Σοφία=Sofia Δημήτρης=Dimitris Άννα=Anna",
          "Παπαδόπουλος=Papadopoulos Οικονόμου=Oikonomou Νικολάου=Nikolaou Γεωργίου=Georgiou Αντωνίου=Antoniou"),
    _land("Ukraine", "uk", 5, "+380", 9, "ua", "ТОВ",
          "Олена=Olena Андрій=Andrii Наталія=Nataliia Юрій=Yurii Оксана=Oksana Тарас=Taras Ірина=Iryna Богдан=Bohdan",
          "Шевченко=Shevchenko Коваль=Koval Бондар=Bondar Ткачук=Tkachuk Мельник=Melnyk Кравець=Kravets"),
    _land("Egypt", "ar", 4, "+20", 10, "eg", "ش.م.م",
          "محمد=Mohamed فاطمة=Fatma أحمد=Ahmed مريم=Mariam يوسف=Youssef ليلى=Layla عمر=Omar نور=Nour",
          "حسن=Hassan إبراهيم=Ibrahim سليمان=Soliman عبدالله=Abdallah فاروق=Farouk منصور=Mansour"),
    _land("Japan", "ja", 4, "+81", 10, "co.jp", "株式会社",
          "陽菜=Hina 蓮=Ren 結衣=Yui 大翔=Haruto さくら=Sakura 健太=Kenta 美咲=Misaki 翔=Sho",
          "佐藤=Sato 鈴木=Suzuki 高橋=Takahashi 田中=Tanaka 渡辺=Watanabe 山本=Yamamoto 中村=Nakamura", True),
    _land("China", "zh", 3, "+86", 11, "cn", "有限公司",
          "伟=Wei 芳=Fang 娜=Na 敏=Min 静=Jing 磊=Lei 洋=Yang 丽=Li",
          "王=Wang 李=Li 张=Zhang 刘=Liu 陈=Chen 杨=Yang 赵=Zhao", True),
)  # fmt: skip
_STEMS = """
Aurora Borealis Cobalt Delta Ember Falcon Granite Harbour Indigo Juniper Kestrel Lumen Meridian Nimbus Orchard Pinnacle
Quartz Ridge Sierra Tundra Umbra Vertex Willow Xenon Yarrow Zephyr Atlas Beacon Cedar Drift Echo Fjord
"""
_TRADES = """
Foods Logistics Textiles Software Energy Medical Motors Paper Optics Marine Steel Chemicals Media
"""
STEMS, TRADES = tuple(_STEMS.split()), tuple(_TRADES.split())


def split(name: str) -> tuple[str, str]:
    """The native form and the Latin one."""
    native, _, latin = name.partition("=")
    return native, latin or native


def pick_land(random: Random) -> Land:
    """A country by its weight."""
    return random.choices(LANDS, [land.weight for land in LANDS])[0]


def phone(random: Random, land: Land) -> str:
    """A number of that country's length, in groups of three."""
    digits = str(random.randint(2, 9)) + "".join(random.choices("0123456789", k=land.digits - 1))
    return f"{land.prefix} " + " ".join(digits[n : n + 3] for n in range(0, len(digits), 3))
