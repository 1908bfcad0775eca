"""The command `aiqyn`. Each module here is one command; this one joins them and turns errors into exit codes.

Data go to stdout, talk and progress bars to stderr. Exit codes: 0 fine, 1 failed, 2 finished but some input
was refused, 64 wrong usage or settings.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import typer
from typer.main import get_command

from aiqyn.services import logs
from aiqyn.services.cli.exits import FAILED, FINE, USAGE, Failure
from aiqyn.services.cli.stopping import StopAsked, end_at_signals
from aiqyn.services.keys import BadKeys
from aiqyn.services.settings import BadSetting
from aiqyn.services.store.errors import StoreError

COMMANDS = (
    "demo",
    "ingest",
    "alerts",
    "explain",
    "ownership",
    "replay",
    "validate",
    "id",
    "serve",
    "publish",
    "reconcile",
    "canary",
    "worker",
    "dossier",
    "verify-dossier",
    "export",
    "retention",
)
"""Commands, each the function of that name in the module of that name."""
SERVICES = ("serve", "worker")
"""Commands that stay: what they have to say goes to the log."""
GROUPS = ("rules", "db", "user", "key", "topics", "log", "quarantine", "identity")
"""Groups of commands, each the `app` of its module."""


def application(only: str | None = None) -> typer.Typer:
    """All commands, or where `only` names one, that one alone: the others are not even imported."""
    app = typer.Typer(
        name="aiqyn",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        epilog="First: `aiqyn demo`, then `aiqyn ingest FILE...`, `aiqyn alerts`, `aiqyn explain ALERT`.",
    )

    @app.callback()
    def aiqyn() -> None:
        """Watch public money: events in, explained alerts about potential conflicts of interest out."""

    one = {only} & {*COMMANDS, *GROUPS}
    for name in (*COMMANDS, *GROUPS):
        if one and name not in one:
            continue
        module = import_module(f"{__name__}.{name.replace('-', '_')}")
        if name in GROUPS:
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name.replace("-", "_")))
    return app


def main() -> None:
    """Run the command of this process's arguments and end the process with its exit code."""
    if sys.argv[1:] and sys.argv[1] in SERVICES:
        end_at_signals()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _reader_gone()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. What is none of the foreseen errors is our bug, and is raised."""
    logs.ordinary()
    try:
        command = get_command(application(arguments[0] if arguments else None))
        result = command.main(list(arguments), prog_name="aiqyn", standalone_mode=False)
    except typer.TyperException as error:
        _say(error.format_message(), "`aiqyn --help` or `aiqyn COMMAND --help` shows what is possible")
        return USAGE
    except BadSetting as error:
        _say(str(error))
        return USAGE
    except Failure as error:
        _say(str(error))
        return error.code
    except (StoreError, BadKeys) as error:
        _say(str(error))
        return FAILED
    except BrokenPipeError:
        return _reader_gone()
    except StopAsked:
        _say("stopped by a signal; what was written is safe: the same command again goes on")
        return FINE
    except (typer.Abort, KeyboardInterrupt):
        _say("interrupted")
        return FAILED
    return result if isinstance(result, int) else FINE


def _say(*lines: str) -> None:
    for line in lines:
        if line and not logs.last_words(line):
            print(f"aiqyn: {line}", file=sys.stderr)


def _reader_gone() -> int:
    # `aiqyn alerts | head`: whatever is left goes nowhere, without a complaint at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED
