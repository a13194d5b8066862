"""The frame of every mail."""

from appointly.emails.layout import Letter, as_text


def test_a_question_has_a_line_of_its_own_in_plain_text() -> None:
    facts = [("What", "Haircut"), ("Have you been here before?", "Yes\nTwice"), ("Reference", "ABC")]
    plain = as_text(Letter("Subject", "Preview", "Heading", [], facts=facts))
    told = "What:       Haircut\nHave you been here before?\n            Yes\n            Twice\nReference:  ABC"
    assert told in plain
