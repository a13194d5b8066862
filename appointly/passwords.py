"""Passwords: argon2, hashed beside the event loop and never more than two at a time in one process.

A hash takes 19 MiB and about 20 ms of one core (OWASP's first choice of 2024), so a flood of sign-ins waits in its own
queue and stalls nobody else.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

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
