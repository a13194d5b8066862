"""Names as they stand in an address."""

import re
import unicodedata

# Letters that do not decompose into a base letter and an accent.
PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "þ": "th", "œ": "oe", "ı": "i"})


def slug(text: str) -> str:
    """`text` in lower-case ASCII letters and digits joined by hyphens; empty where nothing of it can be written so."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("'", "").replace("’", "").translate(PLAIN))
    return "-".join(re.findall("[a-z0-9]+", plain.encode("ascii", "ignore").decode()))
