"""`python -m tests.mutants [FILE...]`: the code changed on purpose, a small change at a time; do the tests notice?

Each change is made in a copy of the folder, the tests of that file run against the copy, and a table says which changes
nobody noticed. Those are either missing tests or changes without effect: a person decides, so they do not fail the run.
Exit 1: the tests of a file fail without any change.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.mutants.changes import Change, changes
from tests.mutants.trial import Verdict, ground, tests_of, trial

_ROOT = Path(__file__).resolve().parents[2]
_DEFAULT = "rules/aiqyn/rules/patterns"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("files", nargs="*", default=[_DEFAULT], metavar="FILE", help=f"files or folders; {_DEFAULT}")
    parser.add_argument(
        "--limit", type=int, default=12, metavar="N", help="changes of each file, drawn by the seed; 12"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", metavar="ARGS", help='what to run instead: "tests/rules -k COI"')
    parser.add_argument("--seconds", type=float, default=240, help="a change that makes the tests hang; 240")
    chosen = parser.parse_args()
    files = [file for name in chosen.files for file in _files(Path(name))]
    return _judge(files, chosen.limit, chosen.seed, chosen.tests, chosen.seconds)


def _files(path: Path) -> list[Path]:
    path = path.resolve()
    found = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [file.relative_to(_ROOT) for file in found if file.name != "__init__.py"]


def _judge(files: Sequence[Path], limit: int, seed: int, tests: str | None, seconds: float) -> int:
    table = Table("file", "changes", "noticed", "not noticed", "of all that can be made")
    unnoticed: list[str] = []
    with ground(_ROOT) as copy:
        for file in files:
            arguments = tests.split() if tests else tests_of(_ROOT, file)
            whole = trial(copy, file, None, arguments, seconds)
            if whole is not Verdict.UNNOTICED:
                print(f"{file}: {' '.join(arguments)} fails without any change: {whole}", file=sys.stderr)
                return 1
            possible = changes(str(file), (_ROOT / file).read_text(encoding="utf-8"))
            drawn = random.Random(f"{seed}{file}").sample(possible, min(limit, len(possible)))
            survived = [
                change
                for change in _tracked(file, drawn)
                if trial(copy, file, change.text, arguments, seconds) is Verdict.UNNOTICED
            ]
            table.add_row(str(file), *map(str, (len(drawn), len(drawn) - len(survived), len(survived), len(possible))))
            unnoticed += [f"{file}\n{change.diff}" for change in survived]
    for text in unnoticed:
        print(text, end="\n\n")
    Console(width=140).print(table)
    return 0


def _tracked(file: Path, drawn: Sequence[Change]) -> Iterable[Change]:
    return track(drawn, description=file.name, console=Console(stderr=True), disable=not sys.stderr.isatty())


if __name__ == "__main__":
    sys.exit(main())
