"""What the demo merchant trades in: kinds of goods, brands and suppliers. All names are made up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of goods, with the range its articles lie in."""

    category: str
    noun: str
    sizes: tuple[str, ...]
    weight_g: int
    dimensions_mm: tuple[int, int, int]
    cost_minor: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who delivers, how long it takes, and the least that can be ordered."""

    name: str
    lead_time_days: int
    order_units_min: int
    pack_units: int


_BOTTLE = ("0,35 l", "0,5 l", "0,75 l", "1 l")
_TEXTILE = ("40 × 40 cm", "60 × 40 cm", "80 × 50 cm", "120 × 70 cm")
_SET = ("2er-Set", "4er-Set", "6er-Set", "10er-Set")

KINDS = (
    Kind("Küche", "Edelstahl Isolierflasche", _BOTTLE, 420, (270, 85, 85), (450, 1400)),
    Kind("Küche", "Trinkflasche Tritan", _BOTTLE, 180, (250, 75, 75), (280, 750)),
    Kind(
        "Küche", "Brotdose Edelstahl", ("klein", "mittel", "groß"), 390, (200, 150, 70), (520, 1500)
    ),
    Kind(
        "Küche", "Kochmesser Damast", ("15 cm", "18 cm", "20 cm"), 260, (360, 70, 30), (1400, 4800)
    ),
    Kind(
        "Küche",
        "Schneidebrett Akazie",
        ("30 × 20 cm", "40 × 30 cm", "50 × 35 cm"),
        1450,
        (420, 310, 30),
        (700, 2100),
    ),
    Kind(
        "Küche", "Gusseisenpfanne", ("20 cm", "24 cm", "28 cm"), 2600, (460, 290, 60), (1300, 3600)
    ),
    Kind("Küche", "Vorratsdosen Glas", _SET, 1900, (320, 240, 160), (900, 2600)),
    Kind(
        "Küche",
        "Espressokocher",
        ("3 Tassen", "6 Tassen", "9 Tassen"),
        720,
        (220, 180, 120),
        (900, 2400),
    ),
    Kind("Küche", "Digitale Küchenwaage", ("5 kg", "10 kg"), 480, (230, 180, 40), (650, 1700)),
    Kind("Küche", "Salatschleuder", ("4 l", "5 l"), 950, (260, 260, 200), (700, 1800)),
    Kind(
        "Haushalt",
        "Wäschekorb faltbar",
        ("35 l", "50 l", "70 l"),
        1150,
        (590, 420, 80),
        (600, 1700),
    ),
    Kind("Haushalt", "Mikrofasertücher", _SET, 310, (250, 180, 60), (250, 900)),
    Kind("Haushalt", "Badematte Memory Foam", _TEXTILE, 690, (400, 280, 90), (500, 1600)),
    Kind(
        "Haushalt",
        "Duschvorhang",
        ("180 × 180 cm", "180 × 200 cm"),
        520,
        (310, 240, 40),
        (450, 1300),
    ),
    Kind("Haushalt", "Handtuch Baumwolle", _SET, 1250, (360, 300, 120), (800, 2600)),
    Kind("Haushalt", "Aufbewahrungsbox Filz", _SET, 780, (340, 260, 110), (600, 1900)),
    Kind(
        "Haushalt",
        "Kleiderbügel Samt",
        ("20 Stück", "50 Stück"),
        1700,
        (450, 240, 130),
        (800, 2200),
    ),
    Kind(
        "Garten",
        "Gartenschlauch flexibel",
        ("15 m", "22 m", "30 m"),
        1500,
        (280, 250, 130),
        (1000, 2900),
    ),
    Kind("Garten", "Hochbeet Vlies", ("60 l", "120 l", "200 l"), 900, (400, 300, 60), (700, 2300)),
    Kind("Garten", "Solar Wegleuchte", _SET, 1300, (390, 200, 130), (900, 3200)),
    Kind("Garten", "Gartenschere Bypass", ("18 cm", "21 cm"), 290, (240, 90, 35), (500, 1700)),
    Kind(
        "Garten",
        "Sonnensegel",
        ("3 × 3 m", "3 × 4 m", "4 × 5 m"),
        1800,
        (380, 290, 90),
        (1500, 5200),
    ),
    Kind(
        "Garten",
        "Pflanzkübel Kunstrattan",
        ("30 cm", "40 cm", "50 cm"),
        2300,
        (420, 420, 400),
        (1200, 3900),
    ),
    Kind("Garten", "Grillmatte", _SET, 220, (330, 180, 30), (280, 900)),
    Kind("Sport", "Yogamatte TPE", ("6 mm", "8 mm", "10 mm"), 1050, (620, 140, 140), (700, 2200)),
    Kind("Sport", "Fitnessbänder", _SET, 280, (220, 160, 50), (300, 1200)),
    Kind("Sport", "Faszienrolle", ("30 cm", "45 cm"), 540, (320, 145, 145), (500, 1500)),
    Kind("Sport", "Kurzhantel Neopren", ("1 kg", "2 kg", "4 kg"), 2100, (190, 90, 90), (450, 1500)),
    Kind("Sport", "Springseil Stahl", ("2,8 m", "3 m"), 210, (200, 120, 45), (300, 900)),
    Kind("Sport", "Wanderrucksack", ("20 l", "30 l", "45 l"), 980, (420, 300, 120), (1600, 5400)),
    Kind(
        "Sport", "Stirnlampe LED", ("300 lm", "600 lm", "1000 lm"), 130, (110, 80, 60), (600, 2300)
    ),
    Kind("Büro", "Monitorständer Bambus", ("37 cm", "50 cm"), 1600, (520, 280, 90), (1000, 2700)),
    Kind(
        "Büro",
        "Notizbuch A5 liniert",
        ("120 Seiten", "200 Seiten"),
        330,
        (215, 150, 20),
        (250, 800),
    ),
    Kind("Büro", "Schreibtischunterlage Leder", _TEXTILE, 640, (620, 90, 90), (700, 2100)),
    Kind("Büro", "Kabelkanal Set", ("1,5 m", "3 m"), 560, (420, 140, 60), (500, 1500)),
    Kind(
        "Büro",
        "Laptoptasche",
        ("13 Zoll", "14 Zoll", "15,6 Zoll"),
        430,
        (400, 290, 40),
        (700, 2500),
    ),
    Kind("Technik", "USB-C Ladegerät", ("30 W", "65 W", "100 W"), 160, (110, 80, 45), (700, 3200)),
    Kind(
        "Technik", "USB-C Kabel geflochten", ("1 m", "2 m", "3 m"), 70, (150, 110, 25), (200, 700)
    ),
    Kind("Technik", "Powerbank", ("10.000 mAh", "20.000 mAh"), 380, (170, 95, 40), (1200, 4200)),
    Kind(
        "Technik",
        "Bluetooth Lautsprecher",
        ("10 W", "20 W", "40 W"),
        720,
        (230, 110, 100),
        (1800, 7200),
    ),
    Kind("Technik", "Funksteckdosen", _SET, 410, (260, 150, 70), (900, 2600)),
    Kind("Technik", "Webcam", ("Full HD", "2K", "4K"), 210, (140, 100, 80), (1400, 5600)),
    Kind(
        "Technik",
        "Kopfhörer kabellos",
        ("Standard", "mit Mikrofon"),
        290,
        (210, 190, 80),
        (1900, 9000),
    ),
    Kind("Tier", "Hundebett orthopädisch", ("M", "L", "XL"), 2500, (620, 450, 160), (1500, 5800)),
    Kind("Tier", "Katzenbrunnen", ("1,5 l", "2,5 l"), 1100, (240, 240, 190), (1100, 3300)),
    Kind("Tier", "Futterstation erhöht", ("klein", "groß"), 1900, (430, 270, 150), (1100, 3600)),
    Kind("Tier", "Hundeleine Biothane", ("1,2 m", "2 m", "5 m"), 190, (200, 140, 40), (450, 1600)),
    Kind(
        "Kind", "Holzpuzzle", ("24 Teile", "48 Teile", "96 Teile"), 480, (300, 220, 40), (400, 1300)
    ),
    Kind("Kind", "Nachtlicht Silikon", ("klein", "groß"), 310, (140, 130, 130), (600, 1900)),
    Kind("Kind", "Malset abwaschbar", _SET, 610, (330, 240, 50), (400, 1400)),
    Kind("Kind", "Rucksack Kindergarten", ("6 l", "8 l"), 350, (300, 230, 70), (800, 2400)),
    Kind("Saison", "Lichterkette LED", ("10 m", "20 m", "40 m"), 420, (180, 140, 90), (500, 2100)),
    Kind("Saison", "Wärmflasche mit Bezug", ("0,8 l", "2 l"), 460, (330, 210, 60), (400, 1200)),
    Kind("Saison", "Turmventilator", ("76 cm", "90 cm"), 3900, (820, 240, 230), (2400, 7600)),
)

COLOURS = ("schwarz", "weiß", "blau", "grau", "grün", "rot", "beige", "türkis", "anthrazit", "rosa")
EDITIONS = ("", "Pro", "Basic", "Plus", "Eco", "Classic", "Natur", "Urban")

BRANDS = (
    "Nordhem",
    "Falkwerk",
    "Lumora",
    "Talvik",
    "Brenner & Soehne",
    "Kiesel",
    "Ostra",
    "Velmo",
    "Hagenau",
    "Pinobelle",
    "Sturmvogel",
    "Aurelka",
    "Tischfein",
    "Waldruh",
    "Movento",
    "Klarsicht",
    "Ferrano",
    "Bergzeit Line",
    "Luvia",
    "Pfotenglück",
    "Kinderwelle",
    "Elektrix",
    "Papyra",
    "Solun",
)

SUPPLIERS = (
    Supplier("Hansa Import GmbH", 7, 1, 1),
    Supplier("Rhein Großhandel KG", 5, 5, 5),
    Supplier("Alpen Vertrieb GmbH", 10, 6, 6),
    Supplier("Nordlicht Trading ApS", 12, 10, 5),
    Supplier("Zielona Hurt Sp. z o.o.", 14, 10, 10),
    Supplier("Bohemia Glas s.r.o.", 14, 6, 6),
    Supplier("Casa Toscana S.r.l.", 18, 12, 6),
    Supplier("Iberia Textil S.L.", 20, 20, 10),
    Supplier("Ankara Tekstil A.Ş.", 28, 20, 10),
    Supplier("Porto Home Lda.", 21, 12, 12),
    Supplier("Shenzhen Brightway Ltd.", 42, 24, 12),
    Supplier("Ningbo Outdoor Co.", 45, 24, 24),
    Supplier("Guangzhou Kitchenware Co.", 40, 20, 10),
    Supplier("Mumbai Crafts Pvt.", 38, 20, 10),
    Supplier("Hanoi Bamboo JSC", 35, 12, 12),
    Supplier("Kaunas Wood UAB", 16, 8, 4),
    Supplier("Elbe Elektro GmbH", 6, 1, 1),
    Supplier("Saar Technik AG", 8, 2, 1),
    Supplier("Donau Tierbedarf GmbH", 9, 2, 2),
    Supplier("Weser Spielwaren KG", 9, 2, 1),
    Supplier("Midlands Goods Ltd.", 15, 10, 5),
    Supplier("Gent Papier NV", 11, 10, 10),
)
