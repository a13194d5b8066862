"""Google's sign-in by OpenID Connect: where a browser is sent, and who has come back from there.

Every answer is checked as OpenID Connect Core 1.0, 3.1.3.7 asks: signature, issuer, audience, authorised party, time,
nonce and the access token's hash.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import BaseModel, Field, ValidationError

from appointly.domain.proven_identity import ProvenIdentity
from appointly.errors import GoogleDoubtful, GoogleSilent
from appointly.routes import GOOGLE_CALLBACK
from appointly.settings import Settings, settings
from appointly.validation import email_address, one_line

ALGORITHMS = ["RS256"]  # what Google signs with; never what a token says of itself
TIMEOUT = httpx.Timeout(5.0)
PATIENCE_SECONDS = 12.0  # for everything together: somebody is waiting
LEEWAY_SECONDS = 60
WELL_KNOWN = "/.well-known/openid-configuration"
log = structlog.get_logger()


class Description(BaseModel):
    """The part of the discovery document that matters here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Tokens(BaseModel):
    """What the code is exchanged for."""

    id_token: str
    access_token: str


class Subject(BaseModel):
    """The only claim about the person that is sure to be there."""

    sub: str = Field(min_length=1, max_length=255)


@dataclass(frozen=True)
class Start:
    """What binds an answer to the browser that asked: secrets of one attempt."""

    state: str
    nonce: str
    verifier: str


class Google:
    """One provider of sign-in. Its description and keys are fetched once; unknown keys are looked for anew."""

    def __init__(self, config: Settings) -> None:
        self._config = config
        self._client = httpx.AsyncClient(timeout=TIMEOUT)
        self._description: Description | None = None
        self._keys: KeySet | None = None

    async def address(self, start: Start) -> str:
        """Where the browser is sent. Raises `GoogleSilent`."""
        description = await self._described()
        query = {
            "response_type": "code",
            "client_id": self._config.google_client_id,
            "redirect_uri": self._config.base_url + GOOGLE_CALLBACK,
            "scope": "openid email profile",
            "state": start.state,
            "nonce": start.nonce,
            "code_challenge": create_s256_code_challenge(start.verifier),
            "code_challenge_method": "S256",
            "prompt": "select_account",
        }
        joint = "&" if "?" in description.authorization_endpoint else "?"
        return f"{description.authorization_endpoint}{joint}{urlencode(query)}"

    async def who(self, code: str, start: Start, said_issuer: str = "") -> ProvenIdentity:
        """Whom the code of a callback is about. `said_issuer` is the callback's own `iss` (RFC 9207), if it had one.

        Raises `GoogleSilent`, and `GoogleDoubtful` for anything that does not fit together.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                description = await self._described()
                if said_issuer and said_issuer != description.issuer:
                    raise GoogleDoubtful
                tokens = await self._exchange(description, code, start.verifier)
                claims = await self._checked(description, tokens, start.nonce)
            return _identity(description.issuer, claims)
        except TimeoutError:
            raise GoogleSilent from None
        except (JoseError, ValidationError, ValueError, TypeError) as error:
            log.warning("google_doubtful", error=type(error).__name__)  # its words may hold what the token says
            raise GoogleDoubtful from None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _described(self) -> Description:
        if self._description is None:
            try:
                found = Description.model_validate(await self._get(self._config.google_discovery_url))
            except ValidationError:
                raise GoogleSilent from None
            if self._config.google_discovery_url != found.issuer.rstrip("/") + WELL_KNOWN:
                log.error("google_issuer_differs", issuer=found.issuer[:200])
                raise GoogleDoubtful
            self._description = found
        return self._description

    async def _exchange(self, description: Description, code: str, verifier: str) -> Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._config.base_url + GOOGLE_CALLBACK,
            "client_id": self._config.google_client_id,
            "client_secret": self._config.google_client_secret,
            "code_verifier": verifier,
        }
        answer = await self._ask("POST", description.token_endpoint, data=form)
        if answer.is_client_error:
            log.warning("google_refused_code", status=answer.status_code, error=_error_of(answer))
            raise GoogleDoubtful
        return Tokens.model_validate(_json(answer))

    async def _checked(self, description: Description, tokens: Tokens, nonce: str) -> dict[str, Any]:
        token = await self._decoded(description, tokens.id_token)
        client_id = self._config.google_client_id
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": description.issuer},
                "aud": {"essential": True, "value": client_id},
            },
            {"nonce": nonce, "client_id": client_id, "access_token": tokens.access_token},
        )
        claims.validate(leeway=LEEWAY_SECONDS)
        if claims["aud"] not in (client_id, [client_id]):  # Authlib takes a list with strangers in it
            raise InvalidClaimError("aud")
        return dict(claims)

    async def _decoded(self, description: Description, token: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        if self._keys is not None:
            try:
                return jwt.decode(token, self._keys, registry=registry)
            except InvalidKeyIdError:
                log.info("google_has_new_keys")
        self._keys = KeySet.import_key_set(await self._get(description.jwks_uri))
        return jwt.decode(token, self._keys, registry=registry)

    async def _get(self, address: str) -> Any:
        return _json(await self._ask("GET", address))

    async def _ask(self, method: str, address: str, **what: Any) -> httpx.Response:
        try:
            answer = await self._client.request(method, address, **what)
        except httpx.HTTPError as error:
            log.warning("google_silent", error=repr(error))
            raise GoogleSilent from None
        if answer.is_server_error or (answer.is_error and method == "GET"):
            log.warning("google_silent", status=answer.status_code)
            raise GoogleSilent
        return answer


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise GoogleSilent from None


def _error_of(answer: httpx.Response) -> str:
    """The code of an OAuth error, never its description."""
    found = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}
    return str(found.get("error", ""))[:50] if isinstance(found, dict) else ""


def _identity(issuer: str, claims: dict[str, Any]) -> ProvenIdentity:
    """An address or a name that we could not store is as good as none, and only a plain `true` verifies an address."""
    email = _as_ours(email_address, claims.get("email"))
    name = _as_ours(one_line, claims.get("name"))[:120].strip() or email.partition("@")[0]
    verified = claims.get("email_verified") is True and email != ""
    return ProvenIdentity(issuer, Subject.model_validate(claims).sub, email, verified, name)


def _as_ours(check: Callable[[str], str], value: object) -> str:
    try:
        return check(value) if isinstance(value, str) else ""
    except ValueError:
        return ""


@lru_cache
def google() -> Google:
    """The client of this process, which has one event loop."""
    return Google(settings())
