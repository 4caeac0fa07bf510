"""The door: what a shell can ask for. One file per group of commands; `main` is the program."""

from lamella.cli.door import main

__all__ = ["main"]
