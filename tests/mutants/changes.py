"""The small changes that can be made to a module: another comparison, number, keyword, text, one argument less."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass

from libcst import Module
from mutmut.mutation.file_mutation import create_mutations, deep_replace


@dataclass(frozen=True, slots=True)
class Change:
    """A module's text after one change."""

    text: str
    diff: str
    """The lines that differ, before and after."""


def changes(name: str, text: str) -> list[Change]:
    """Every change that mutmut's operators make inside the functions of a module, those that mean the same left out."""
    module, mutations, _, _ = create_mutations(name, text)
    same = ast.dump(ast.parse(text))
    made: dict[str, Change] = {}
    for mutation in mutations:
        replaced = deep_replace(module, mutation.original_node, mutation.mutated_node)
        if isinstance(replaced, Module) and _differs(replaced.code, same):
            made.setdefault(replaced.code, Change(replaced.code, _diff(text, replaced.code)))
    return list(made.values())


def _differs(text: str, same: str) -> bool:
    try:
        return ast.dump(ast.parse(text)) != same
    except SyntaxError:
        return False


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++")))
