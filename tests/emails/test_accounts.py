"""The mails about an account: each is sent by somebody, says the same in both forms, and escapes what people write."""

import re

import pytest

from appointly.emails.accounts import KINDS, compose
from appointly.frontend import ROOT
from appointly.settings import Settings

SETTINGS = Settings(secret_key="x" * 32, APPOINTLY_BASE_URL="https://book.example")
HOSTILE = '<img src=x onerror="alert(1)">'
FACTS = {"to": "ada@example.com", "code_id": "01900000-0000-7000-8000-000000000000"}


def test_every_kind_is_sent_and_every_sent_one_is_a_kind() -> None:
    operations = "".join(path.read_text() for path in (ROOT / "appointly/operations").glob("*.py"))
    sent = re.findall(r'\bmail_account\(\s*session,\s*"(\w+)"', operations)
    sent += re.findall(r'\bmail_link\(\s*session,\s*[^,]+,\s*"(\w+)"', operations)
    assert set(sent) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_text_and_html_with_what_people_write_escaped(kind: str) -> None:
    typed = dict.fromkeys(("name", "target", "identity", "reason"), HOSTILE)
    mail = compose(FACTS | {"kind": kind, **typed}, SETTINGS)
    assert mail.subject
    assert "\n" not in mail.subject
    assert "<img" not in mail.html
    addresses = re.findall(r"https://book\.example\S*", mail.text)
    assert addresses or kind == "sign_in_code"
    assert all(address.replace("&", "&amp;") in mail.html for address in addresses)
    assert len(mail.text.split()) > 20
