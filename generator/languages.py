"""Which language a tag names: how it is spelled, which other tag says the same, and what it may have been meant as.

Tags are those of BCP 47. Taiwan's and China's Chinese go by the script that they are written in; a region without words
of its own reads those of its language.
"""

import re
from collections.abc import Collection

TAG = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|\d{3}))?((?:-[A-Za-z0-9]{5,8})*)")
SAME = {"zh-TW": "zh-Hant", "zh-CN": "zh-Hans"}
SCRIPTS = {"zh-HK": "zh-Hant", "zh-MO": "zh-Hant", "zh-SG": "zh-Hans", "zh-MY": "zh-Hans"}
MEANT = {
    **dict.fromkeys(("zh", "tw", "cht", "zht", "chi", "zho"), "zh-Hant"),
    **dict.fromkeys(("cn", "chs", "zhs"), "zh-Hans"),
    **{"jp": "ja", "jpn": "ja", "kr": "ko", "kor": "ko", "eng": "en", "ger": "de", "deu": "de"},
    **{"fre": "fr", "fra": "fr", "spa": "es", "ua": "uk", "cz": "cs", "dk": "da", "gr": "el", "vn": "vi"},
}
"""Countries and longer codes where a language belongs; of Chinese, the script that the project speaks."""

NARROW = "\u202f"  # a space that neither stretches nor breaks
POINT_COMMA = ("de", "es", "it", "nl", "pt", "da", "tr", "id", "vi", "el", "ro", "hr", "sr", "sl", "ca", "is")
SPACE_COMMA = ("fr", "ru", "uk", "pl", "cs", "sk", "sv", "nb", "nn", "no", "fi", "hu", "bg", "lt", "lv", "et")
MARKS = {
    **dict.fromkeys(POINT_COMMA, ",."),
    **dict.fromkeys(SPACE_COMMA, f",{NARROW}"),
    **{"de-CH": ".’", "de-LI": ".’", "it-CH": ".’", "es-MX": ".,"},
}
"""Before the decimals and between thousands, where it is not as in English."""
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
NUMBERS = re.compile(rf"[^\w.,]*{NUMBER}(?:[^\w.,]+{NUMBER})*[^\w.,]*")


def numeral(text: str, language: str) -> str:
    """Numbers that are written as in English, with signs and spaces beside them, as the language writes them.

    Anything else, versions and lists among it, stays as it is.
    """
    marks = MARKS.get(nearest(language, MARKS), "")
    if not marks or not NUMBERS.fullmatch(text):
        return text
    return text.translate({ord("."): marks[0], ord(","): marks[1]})


def canonical(tag: str) -> str:
    """A tag in its usual spelling, `zh-hant` and `zh-TW` as zh-Hant; raises ValueError with what is wrong."""
    match = TAG.fullmatch(tag)
    if not match:
        spelled = tag.replace("_", "-")
        meant = f"; did you mean '{canonical(spelled)}'?" if TAG.fullmatch(spelled) else ""
        raise ValueError(f"'{tag}' is not a language tag (BCP 47) such as zh-Hant or en{meant}")
    primary, script, region, rest = match.groups()
    parts = (primary.lower(), script and script.title(), region and region.upper())
    spelled = "-".join(filter(None, parts)) + rest.lower()
    return SAME.get(spelled, spelled)


def usual(tag: str) -> str:
    """The same where it is one, else as it is."""
    return canonical(tag) if TAG.fullmatch(tag) else tag


def wider(tag: str) -> tuple[str, ...]:
    """The tag and those that say less of the same language: `zh-Hant-HK`, `zh-Hant`, `zh`."""
    parts = SCRIPTS.get(tag, SAME.get(tag, tag)).split("-")
    return tuple(dict.fromkeys((tag, *("-".join(parts[:count]) for count in range(len(parts), 0, -1)))))


def nearest(tag: str, known: Collection[str]) -> str:
    """The known tag that readers of this one understand: itself, its script's, its language's; '' where none is."""
    return next((one for one in wider(tag) if one in known), "")


def meant(tag: str) -> str:
    """'; did you mean 'zh-Hant'?' of what is no language that anybody would write a report in, else ''."""
    return f"; did you mean '{MEANT[tag]}'?" if tag in MEANT else ""
