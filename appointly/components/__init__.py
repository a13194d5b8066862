"""Shared pieces of interface: each has the name of what it is and keeps no state of its own.

What little JavaScript they need lies in `assets/scripts`, and is named by its path there. `rx.asset(…, shared=True)`
would let it lie beside them, but reads the sources of everything being imported to find out who asks: six of them were
a third of what a web server computes before its first answer.
"""
