"""What another provider of sign-in has proved about a person."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProvenIdentity:
    """`issuer` and `subject` are who it is; everything else is only what that provider shows of them today."""

    issuer: str
    subject: str
    email: str = ""
    email_verified: bool = False
    name: str = ""
