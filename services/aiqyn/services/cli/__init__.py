"""The command `aiqyn`. Each module here is one command; this one joins them and turns errors into exit codes.

Data go to stdout, talk and progress bars to stderr. Exit codes: 0 fine, 1 failed, 2 finished but some input was
refused, 64 wrong usage or settings.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer
from typer.main import get_command

from aiqyn.services.cli import alerts, db, demo, explain, id, ingest, ownership, replay, rules, validate
from aiqyn.services.cli.exits import FAILED, FINE, USAGE, Failure
from aiqyn.services.keys import BadKeys
from aiqyn.services.settings import BadSetting
from aiqyn.services.store.errors import StoreError

app = typer.Typer(
    name="aiqyn",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    epilog="First steps: `aiqyn demo`, then `aiqyn ingest FILE...`, `aiqyn alerts`, `aiqyn explain ALERT`.",
)


@app.callback()
def aiqyn() -> None:
    """Watch public money: events in, explained alerts about potential conflicts of interest out."""


app.command("ingest")(ingest.ingest)
app.command("alerts")(alerts.alerts)
app.command("explain")(explain.explain)
app.command("ownership")(ownership.ownership)
app.command("replay")(replay.replay)
app.command("validate")(validate.validate)
app.command("id")(id.id)
app.command("demo")(demo.demo)
app.add_typer(rules.app, name="rules")
app.add_typer(db.app, name="db")


def main() -> None:
    """Run the command of this process's arguments and end the process with its exit code."""
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _reader_gone()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. What is none of the foreseen errors is our bug, and is raised."""
    try:
        result = get_command(app).main(list(arguments), prog_name="aiqyn", standalone_mode=False)
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
    except (typer.Abort, KeyboardInterrupt):
        _say("interrupted")
        return FAILED
    return result if isinstance(result, int) else FINE


def _say(*lines: str) -> None:
    for line in lines:
        if line:
            print(f"aiqyn: {line}", file=sys.stderr)


def _reader_gone() -> int:
    # `aiqyn alerts | head`: whatever is left goes nowhere, without a complaint at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED
