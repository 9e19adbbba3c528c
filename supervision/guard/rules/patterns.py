"""What has a shape of its own: numbers, addresses, dates, ages. One pattern a line; the phone has the same in
`guard_patterns.js`, so only what both languages read alike may stand here: no look-behind, no named groups.
"""

import re
from collections.abc import Iterator

MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
MWEZI = "januari|februari|machi|aprili|mei|juni|julai|agosti|septemba|oktoba|novemba|desemba"
SHAHR = (
    "يناير|فبراير|مارس|أبريل|ابريل|إبريل|نيسان|مايو|أيار|ايار|يونيو|حزيران|يوليو|تموز|أغسطس|اغسطس|آب|سبتمبر|"
    "أيلول|ايلول|أكتوبر|اكتوبر|تشرين الأول|تشرين الاول|نوفمبر|تشرين الثاني|"
    "ديسمبر|كانون الأول|كانون الاول|كانون الثاني|شباط|آذار|اذار"
)
YEAR = "(?:19|20)[0-9]{2}"
CARD = (
    "id|ids|passport|nhif|sha|nssf|huduma|unhcr|nin|file|patient|registration|reg|member|membership|card|insurance|policy|"
    "hospital|clinic|op|ip|case|ration|ctc|ccc|kitambulisho|pasipoti|faili|kadi|bima|الهوية|هوية|هويتها|هويته|الملف|ملف|"
    "جواز|الجواز|جوازها|جوازه|القيد|البطاقة|بطاقة|بطاقتها|بطاقته|المفوضية|السجل|التأمين|الوطني|القومي"
)
NUMBER = "number|num|no|nr|namba|nambari|ya|yake|yangu|wa|ni|is|was|السفر|سفر|رقم|رقمه|رقمها|هو|هي|في|رقمي"
NOT_YEARS = (
    "%|percent|kg|kgs|kilos|pounds|km|metres|meters|miles|cm|days|weeks|months|minutes|hours|times|mg|ml|bpm|shillings|"
    "bob|ksh|points|out of|per|each|of|degrees|people|steps|[/.:-] ?[0-9]"
)
OLD = "9[0-9]|1[01][0-9]"
RELATIVE = (
    "mother|father|mum|mom|dad|grandmother|grandfather|grandma|grandpa|granny|husband|wife|uncle|aunt|auntie|widow|"
    "widower"
)
PERSON = f"he|she|who|man|woman|lady|parent|neighbour|neighbor|elder|patient|client|{RELATIVE}"
MKUBWA = "bibi|babu|nyanya|mzee|ajuza|shangazi|mjomba"
KABIR = (
    "امي|أمي|امها|أمها|امه|أمه|والدتي|والدتها|والدته|والدي|والدها|والده|جدتي|جدتها|جدته|جدي|جدها|العجوز|عجوز|"
    "المسنة|المسن"
)
COUNTRY = "20|27|44|91|2[1-6][0-9]|291|96[1-8]|970|97[1-4]"
CODE = "[a-z]{0,4}[-/. ]?[0-9][a-z0-9/.-]{2,}[a-z0-9]"
MONEY = "ksh|kshs|kes|sh|shs|tsh|tzs|ugx|usd|rs|inr|ngn|shilingi|jod|sdg|egp"

# kind, pattern, number of the group that is the finding (0: all)
PATTERNS: list[tuple[str, str, int]] = [
    (
        "place",
        r"[-+]?\b[0-9]{1,2}\.[0-9]{3,}(?: ?°)?(?: ?[ns])?[ ,;]+[-+]?[0-9]{1,3}\.[0-9]{3,}(?: ?°)?(?: ?[ew]\b)?",
        0,
    ),
    ("mail", r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", 0),
    (
        "mail",
        r"[a-z0-9._%+-]+ ?(?:\(at\)|\[at\]| at |@) ?[a-z0-9-]+ ?"
        r"(?:\(dot\)|\[dot\]| dot | nukta |\.) ?(?:com|org|net|co|ac|info)\b",
        0,
    ),
    (
        "handle",
        r"(?:https?://|www\.|wa\.me/|t\.me/|fb\.com/|m\.me/|chat\.whatsapp\.com/)[^ \t\n<>]*[^ \t\n<>.,;:!?)]",
        0,
    ),
    ("handle", r"[a-z0-9-]+\.(?:com|org|net|me|co\.ke|or\.ke|info)/[^ \t\n<>]*[^ \t\n<>.,;:!?)]", 0),
    ("handle", r"(?:^|[ \t\n(:])(@[a-z_][a-z0-9_.]{2,}[a-z0-9_])", 1),
    ("date", rf"\b{YEAR}[-/.][01]?[0-9][-/.][0-3]?[0-9]\b", 0),
    ("date", rf"\b[0-3]?[0-9][/.-][0-3]?[0-9][/.-](?:{YEAR}|[0-9]{{2}})\b", 0),
    ("date", rf"\b[0-3]?[0-9](?:st|nd|rd|th)?(?: of)?[ -](?:{MONTHS})\b(?:,?[ -]{YEAR})?", 0),
    (
        "date",
        rf"\b(?:{MONTHS})\.? (?:the [0-3]?[0-9](?:st|nd|rd|th)|[0-3]?[0-9](?:st|nd|rd|th)?)\b(?:,? {YEAR})?"
        r"(?! ?(?:times|weeks|days|months|years|%))",
        0,
    ),
    ("date", rf"\b(?:tarehe )?[0-3]?[0-9](?: ya)? (?:{MWEZI})\b(?:,?(?: mwaka)? {YEAR})?", 0),
    ("date", rf"\btarehe [0-3]?[0-9]\b(?: mwezi wa [a-z0-9]+)?(?: {YEAR})?", 0),
    ("date", rf"[0-3]?[0-9] (?:من )?(?:شهر )?(?:{SHAHR})(?: (?:سنة |عام )?{YEAR})?", 0),
    ("date", rf"\b(?:{MONTHS}|{MWEZI})(?: wa| ya| mwaka)?,? {YEAR}\b", 0),
    ("date", rf"(?:{SHAHR}) (?:سنة |عام )?{YEAR}", 0),
    ("date", rf"\b(?:born|birth|dob)[^0-9]{{0,12}}({YEAR})\b", 1),
    ("date", rf"\b(?:alizaliwa|amezaliwa|kuzaliwa|aliyezaliwa)[^0-9]{{0,16}}({YEAR})\b", 1),
    ("date", rf"(?:مواليد|ولد|ولدت|ميلاده|ميلادها|الميلاد)[^0-9]{{0,10}}({YEAR})", 1),
    (
        "age",
        rf"\b(?:aged?|age of|is|turned|turns) +({OLD})\b(?! ?(?:{NOT_YEARS}))",
        1,
    ),
    ("age", rf"\bage(?: is| was)?(?: ?[:=-] ?| )({OLD})\b(?! ?(?:{NOT_YEARS}))", 1),
    (
        "age",
        rf"\b(?:{PERSON})(?:['’]s| was| is now| is about| was about| is already| turned| of) +({OLD})\b"
        rf"(?! ?(?:{NOT_YEARS}))",
        1,
    ),
    ("age", rf"\b(?:{RELATIVE}) ({OLD})\b(?! ?(?:{NOT_YEARS}))", 1),
    ("age", rf"\b(?:{PERSON}), ({OLD})\b(?! ?(?:{NOT_YEARS}))", 1),
    ("age", rf"\b({OLD})[ -]*(?:(?:years?|yrs?|y)[ -]*(?:old|/o|of age)|yo|y\.o)\b", 1),
    ("age", rf"\bumri(?: wake| wangu)?(?: ni)?(?: ?[:=-] ?| )({OLD})\b", 1),
    (
        "age",
        rf"\b(?:{MKUBWA})(?: wake| wangu| wa)?,?(?: ana| mwenye)? ({OLD})\b(?! ?(?:{NOT_YEARS}|sh|shilingi|elfu))",
        1,
    ),
    ("age", r"\b(?:umri wa |ana |mwenye |wa )?(?:miaka|umri wa) (?:ya )?(9[0-9]|1[01][0-9])\b", 1),
    ("age", r"(?:عمره|عمرها|عمر|العمر|يبلغ|تبلغ|بعمر|عندها|عنده)[^0-9]{0,12}(9[0-9]|1[01][0-9])", 1),
    ("age", r"(9[0-9]|1[01][0-9]) (?:سنة|سنه|عاما|عامًا|عام)", 1),
    ("age", rf"(?:{KABIR})،? ({OLD})\b(?! ?(?:{NOT_YEARS}|دينار|جنيه|ليرة|كيلو|يوم|مرة))", 1),
    (
        "id_number",
        rf"(?:^|[^a-z0-9؀-ۿ])(?:و|ال|ب)?(?:{CARD})(?:[ .:#]+(?:{NUMBER}))*[ .:#]+"
        r"([0-9]{1,4}(?:[ -][0-9]{3,4}){2,4}|[0-9]{4}[ -][0-9]{4})\b",
        1,
    ),
    (
        "id_number",
        rf"(?:^|[^a-z0-9؀-ۿ])(?:و|ال|ب)?(?:{CARD})(?:[ .:#]+(?:{NUMBER}))*[ .:#]+({CODE})",
        1,
    ),
    ("phone", r"(?:\+|\b00)[0-9](?:[ ./()-]{0,2}[0-9]){7,14}\b", 0),
    ("phone", rf"\b(?:{COUNTRY})[ .-][0-9]{{2,3}}[ .-]?[0-9]{{3}}[ .-]?[0-9]{{3,4}}\b", 0),
    ("id_number", r"\b[a-z]{1,5}[/-][0-9]{2,}[/-][0-9]{2,}\b", 0),
    ("id_number", r"\b[0-9]{2,}/[0-9]{2,}/[0-9]{3,}\b", 0),
    ("date", rf"\b(?:0?[1-9]|1[0-2])/{YEAR}\b", 0),
    ("id_number", r"\b[a-z]{1,3}-?[0-9]{6,}[a-z]?\b", 0),
    ("id_number", r"\b[0-9]{3}-[0-9]{2}[c-]?[0-9]{4,5}\b", 0),
    ("id_number", r"\bk[a-d][a-z] ?[0-9]{3}[a-z]\b", 0),
    ("phone", r"\(?\b0[0-9](?:[ ./()-]{0,2}[0-9]){7,9}\b", 0),
    ("phone", r"\([0-9]{3}\) ?[0-9]{3}[ .-]?[0-9]{4}\b", 0),
    ("phone", r"\b(?:[0-9]{3}[ .-]){2}[0-9]{3,4}\b", 0),
    ("phone", r"\b[17][0-9]{8}\b", 0),
    ("id_number", r"\b[0-9]{7,16}\b", 0),
]
# what a text must have for a pattern to find anything: asked once for a text, where 45 patterns would each read it
SIGNS = {
    "degrees": "[0-9]\\.[0-9]{3}",
    "at": "@|at",
    "address": "://|www|me/|com/|/",
    "@": "@",
    "joined": "[0-9][-/.][0-9]",
    "month": "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec",
    "mwezi": "januari|februari|machi|aprili|mei|juni|julai|agosti|emba|oktoba",
    "tarehe": "tarehe",
    "arabic": "[\u0600-\u06ff]",
    "year": YEAR,
    "old": "9[0-9]|1[01][0-9]",
    "code": "[0-9][a-z0-9/.-]{3}",
    "long": "[0-9]{3}",
    "many": "(?:[0-9][^0-9]{0,3}){7}",
}
NEEDS = [
    "degrees", "@", "at", "address", "address", "@", "joined", "joined", "month", "month", "mwezi", "tarehe", "arabic",
    "year", "arabic", "year", "year", "arabic", "old", "old", "old", "old", "old", "old", "old", "old", "old", "arabic",
    "arabic", "arabic", "many", "code", "many", "many", "joined", "joined", "year", "long", "joined", "long", "many",
    "many", "many", "many", "many",
]  # fmt: skip
ASKED = {name: re.compile(pattern, re.IGNORECASE | re.ASCII) for name, pattern in SIGNS.items()}
COMPILED = [
    (kind, re.compile(pattern, re.IGNORECASE | re.ASCII), group, need)
    for (kind, pattern, group), need in zip(PATTERNS, NEEDS, strict=True)
]
MAY_HAVE = re.compile(r"[0-9@]|https?:|www\.|\.me/|\.(?:com|org|net|co|ac|info)|dot|nukta", re.IGNORECASE)
THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+", re.ASCII)
BEFORE_MONEY = re.compile(rf"(?:\b(?:{MONEY})|[$€£])\.? ?$", re.IGNORECASE | re.ASCII)
AFTER_MONEY = re.compile(rf"^ ?(?:/=|(?:{MONEY}|shillings|دينار|ليرة|جنيه)(?![a-z]))", re.IGNORECASE | re.ASCII)
NUMBERS = frozenset({"phone", "id_number"})
WEAK = re.compile(r"(?:[0-9]+[ -])?(?:may|march|mar|dec|sun)(?: [0-9]+)?")  # "1 or 2 may help": no day


def shaped(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of all that has a shape, as each pattern finds it; they may lie over each other.

    `text` has Latin digits already.
    """
    there = {name for name, sign in ASKED.items() if sign.search(text)}
    for kind, pattern, group, need in COMPILED:
        if need not in there:
            continue
        for match in pattern.finditer(text):
            start, end = match.span(group)
            if kind in NUMBERS and is_money(text, start, end):
                continue
            if kind != "date" or not WEAK.fullmatch(text, start, end):
                yield kind, start, end


def is_money(text: str, start: int, end: int) -> bool:
    """Whether a number is a price, or one with dots between thousands."""
    if THOUSANDS.fullmatch(text, start, end):
        return True
    return bool(BEFORE_MONEY.search(text[:start]) or AFTER_MONEY.search(text[end:]))


def without_overlap(found: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """What stands first in the order of the patterns keeps its place; sorted by place."""
    kept: list[tuple[str, int, int]] = []
    for kind, start, end in found:
        if all(end <= other or start >= until for _, other, until in kept):
            kept.append((kind, start, end))
    return sorted(kept, key=lambda finding: finding[1])


def find_shapes(text: str) -> list[tuple[str, int, int]]:
    """Numbers, addresses, dates and ages in a text with Latin digits."""
    return without_overlap(list(shaped(text))) if MAY_HAVE.search(text) else []
