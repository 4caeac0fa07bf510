"""The program `lamella`: its commands, and the one place where an error becomes a message and an exit code.

Exit codes: 0 done; 1 a check found something; 2 the input or the command line is not acceptable; 3 the numbers could
not be advanced; 70 a defect of the program; 74 the system refused a file or memory, or the disk is full; 130
interrupted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from lamella.cli import (
    contradictions,
    explain,
    findings,
    interrupts,
    judging,
    model,
    mutating,
    names,
    run,
    simulate,
    structures,
)
from lamella.errors import LamellaError
from lamella.version import VERSION

DEFECT = 70
SYSTEM = 74
INTERRUPTED = 130


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"lamella {VERSION}")
        raise typer.Exit


app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich",
    help="Virtual experiments on how cells hold on, crawl and close wounds, from reactions to tissue.\n\n"
         "Start with:  lamella run examples/xiap_scratch.toml")
app.command("run")(run.run)
app.command("assay")(run.assay)
app.command("list")(names.list_)
app.command("simulate")(simulate.simulate)
app.command("explain")(explain.explain)
for command in (judging.check, judging.score, mutating.mutate, judging.diff, contradictions.contradictions,
                structures.structures):
    findings.app.command()(command)
app.add_typer(findings.app, name="findings")
app.add_typer(model.app, name="model")


@app.callback()
def _common(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True,
                                                  help="Print the version and end.")] = False) -> None:
    """Options of every command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code.

    arguments   without the program's name; None for those of the process
    """
    sys.exit(_guarded(arguments))


def _guarded(arguments: Sequence[str] | None) -> int:
    interrupts.listen()
    try:
        code = app(args=arguments, prog_name="lamella", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except LamellaError as error:
        _say(f"error: {error}")
        return error.exit_code
    except (BrokenPipeError, SystemExit):  # whoever read our output has enough of it; typer makes an exit of that
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except typer.Exit as end:  # with INTERRUPTED where it comes from the keyboard
        return end.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except OSError as error:
        _say(f"error: {error.filename or 'the disk'}: {error.strerror or error}\n"
             "  What was finished before is kept; make room or give permission, and repeat the command.")
        return SYSTEM
    except MemoryError as error:
        _say(f"error: the memory of this machine is not enough: {str(error) or 'no more can be had'}.\n"
             "  What was finished before is kept; ask for fewer cells or a smaller dish, or take a larger machine.")
        return SYSTEM
    except Exception as error:
        show = getattr(error, "show", None)
        if callable(show):  # typer's complaint about the command line; its class has no public name
            show()
            return getattr(error, "exit_code", 2)
        _say(_apology(error))
        return DEFECT


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _apology(error: Exception) -> str:
    """What a user reads of a defect; the traceback goes into a file."""
    try:
        handle, name = tempfile.mkstemp(prefix="lamella-", suffix=".log", text=True)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"lamella {VERSION}\n{sys.argv}\n")
            traceback.print_exception(error, file=file)
        log = f"  What happened is written in {Path(name)}; please send it with a report of the defect."
    except OSError as failure:
        log = f"  It could not be written to a log: {failure}."
    first = (str(error).splitlines() or [""])[0][:200]
    return f"error: this is a defect of lamella, not of your input; sorry ({type(error).__name__}: {first}).\n{log}"
