"""The sheet for the door: a PDF whatever a business is called."""

import pytest

from appointly.display.qr import qr_svg
from appointly.printing import check_in_sheet

ADDRESS = "https://example.test/mark?id=D.AAAAAAAAAAAAAAAAAAAAAA.1.BBBBBBBBBBBBBBBBBBBBBB"


@pytest.mark.parametrize(
    "name", ["Atelier Nord", "صالون النور", "東京ヘアサロン", '#[x] $y$ \\ "Q" <b> & @a *', "x" * 120]
)
def test_any_name_becomes_a_page(name: str) -> None:
    sheet = check_in_sheet(name=name, place="Torstraße 12, Berlin", address=ADDRESS, qr=qr_svg(ADDRESS))
    assert sheet.startswith(b"%PDF-")
    assert sheet.count(b"/Type /Page\n") + sheet.count(b"/Type/Page\n") <= 1
