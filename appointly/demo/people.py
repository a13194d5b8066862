"""The names of demo customers."""

from random import Random

FIRST = """
Amara Ben Chiara Dmitri Elif Farid Greta Hugo Ines Jakub Keiko Liam Maya Noor Oskar Paula Quentin Rosa Sami Tessa Uma
Viktor Wanda Xavier Yara Zoe Anton Bianca Callum Daria
"""
LAST = """
Abebe Brandt Costa Duarte Eriksen Fontaine Garcia Hoffmann Ibrahim Janssen Kowalski Laurent Moreau Novak Oliveira Petrov
Quinn Rossi Schmidt Tanaka Ueda Vargas Walsh Yilmaz Zhang Bennett Clarke Diaz Evans Fischer
"""


def names(random: Random, count: int) -> list[str]:
    """`count` different full names."""
    first, last = random.sample(FIRST.split(), count), random.sample(LAST.split(), count)
    return [f"{given} {family}" for given, family in zip(first, last, strict=True)]


def address(name: str) -> str:
    """The demo mail address of a person."""
    return name.lower().replace(" ", ".").replace("'", "") + "@demo.test"
