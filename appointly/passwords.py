"""Passwords: argon2, hashed beside the event loop and never more than two at a time in one process.

A hash takes 19 MiB and about 20 ms of one core (OWASP's first choice of 2024), so a flood of sign-ins waits in its own
queue and stalls nobody else.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib import resources

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from appointly.errors import PasswordCommon, PasswordPersonal

SHORTEST, LONGEST = 8, 200
passwords = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19456, parallelism=1),))
threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")


async def hash_password(password: str) -> str:
    """The hash to store."""
    return await asyncio.get_running_loop().run_in_executor(threads, passwords.hash, password)


async def password_fits(password: str, stored: str | None) -> bool:
    """Whether `password` belongs to the stored hash. Takes the same time when there is no account at all."""
    return await asyncio.get_running_loop().run_in_executor(threads, _fits, password, stored)


def _fits(password: str, stored: str | None) -> bool:
    try:
        return passwords.verify(password, stored or _nobodys_hash()) and stored is not None
    except UnknownHashError:
        return False


@lru_cache
def _nobodys_hash() -> str:
    return passwords.hash("a password that belongs to nobody")


@lru_cache
def common_passwords() -> frozenset[str]:
    """Some 8,000 of the passwords most often used, those long enough for us, in lower case.

    They are from the list that comes with Django (BSD 3-Clause), which is Royce Williams's.
    """
    return frozenset(resources.files("appointly").joinpath("common_passwords.txt").read_text().split())


def check_new_password(password: str, email: str, name: str) -> None:
    """Raise `PasswordCommon` or `PasswordPersonal` for one that would be guessed among the first."""
    folded = password.casefold()
    letters = "".join(filter(str.isalpha, folded))
    if folded in common_passwords() or letters == "appointly" or len(set(folded)) < 3:
        raise PasswordCommon(fields={"password": PasswordCommon.message})
    own = email.casefold(), email.partition("@")[0].casefold(), name.casefold(), name.replace(" ", "").casefold()
    if folded in own:
        raise PasswordPersonal(fields={"password": PasswordPersonal.message})
