"""Codes and links that are mailed: derived from their row's id, so that neither database nor outbox holds them.

Every try of a mail shows the same code, and a copy of the database without the secret key tells none.
"""

import hmac
import re
import unicodedata
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
PAUSE = timedelta(seconds=60)  # between two codes for one browser
CODES_AN_HOUR = 10  # with five attempts each, whoever has the password guesses right once in 20,000 hours


def code_of(secret: str, code_id: UUID) -> str:
    """The six digits of a code."""
    digest = hmac.new(secret.encode(), f"code:{code_id}".encode(), sha256).digest()
    return f"{int.from_bytes(digest[:16]) % 10**DIGITS:0{DIGITS}}"


def digits_of(typed: str) -> str:
    """The code in what somebody typed or pasted: with spaces, in a sentence, in any script's digits; else empty."""
    text = "".join(str(unicodedata.decimal(letter, letter)) for letter in unicodedata.normalize("NFKC", typed))
    joined = re.sub(r"[\s\u200b-\u200d\u2060\ufeff\u2010-\u2015-]+", "", text)
    if re.fullmatch(rf"[0-9]{{{DIGITS}}}", joined):
        return joined
    found = set(re.findall(rf"(?<![0-9])[0-9]{{{DIGITS}}}(?![0-9])", text))
    return found.pop() if len(found) == 1 else ""


def link_key(secret: str, code_id: UUID) -> str:
    """The key in a mailed link, 64 hexadecimal digits."""
    return hmac.new(secret.encode(), f"link:{code_id}".encode(), sha256).hexdigest()


def fits(expected: str, given: str) -> bool:
    """Whether what somebody typed is it, compared in constant time."""
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
