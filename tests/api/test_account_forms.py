"""The forms by which people change what is behind their own cookie."""

import httpx
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.models import LoginSession
from tests.people import person, signed_in

SAME = {"origin": "http://127.0.0.1:8000"}


async def test_signing_out_everywhere(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada, tom = await person(), await person("Tom Thief")
    other = await signed_in(ada.user_id, ada.email)
    answer = await http.post("/session/end-all", headers=SAME | {"cookie": ada.cookie})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "appointly_session=" in answer.headers["set-cookie"]
    for headers in (ada.headers, other.headers, {"cookie": ada.cookie}, {"cookie": other.cookie}):
        assert (await http.get("/api/v1/auth/me", headers=headers)).status_code == 401
    assert await session.get(LoginSession, tom.session_id)
    again = await http.post("/session/end-all", headers=SAME | {"cookie": ada.cookie})
    assert again.headers["location"] == "/login"


async def test_another_site_signs_nobody_out(http: httpx.AsyncClient) -> None:
    ada = await person()
    answer = await http.post("/session/end-all", headers={"origin": "https://evil.example", "cookie": ada.cookie})
    assert answer.status_code == 403
    assert (await http.get("/api/v1/auth/me", headers=ada.headers)).status_code == 200
