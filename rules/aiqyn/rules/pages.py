"""A page a rule, for people: what it asks, with which parameters, on which law, and what it does not see.

`python -m aiqyn.rules.pages docs/rules` writes them all; they are generated from the rules, the profiles and
the message catalogue, and nothing else.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from aiqyn.rules import catalogue, messages
from aiqyn.rules import profile as profiles
from aiqyn.rules.model import Rule, percent
from aiqyn.rules.profile import LegalReference
from aiqyn.rules.terms.influence import Level
from aiqyn.rules.terms.severity import severity
from aiqyn.schemas.shares import Threshold

INDEX = "README.md"
_BY_TABLE = "by the table"
_LEVELS: tuple[Level, ...] = (1, 2, 3, 4)


def page(rule: Rule, lang: str = messages.DEFAULT, generated: bool = True) -> str:
    """The rule's page in Markdown, ending in a line feed; `generated`: for a file, it says by what. Raises
    UnknownMessage where a text is missing."""
    lines = [*_Page(rule, lang).lines()]
    if generated:
        lines += ["", messages.text("page.generated", lang)]
    return "\n".join(lines) + "\n"


def index(rules: Iterable[Rule], lang: str = messages.DEFAULT) -> str:
    """The list of all rules in Markdown, each linked to its page."""
    head = [messages.text(f"page.{name}", lang) for name in ("rule", "title", "severity", "status")]
    rows = [
        [f"[{rule.id}]({rule.id}.md)", messages.title(rule, lang), grade_of(rule, lang), status_of(rule, lang)]
        for rule in sorted(rules, key=lambda rule: rule.id)
    ]
    lines = [
        f"# {messages.text('page.index_title', lang)}",
        messages.text("page.index_intro", lang),
        "",
        *_table(head, rows),
        "",
        messages.text("page.generated", lang),
    ]
    return "\n".join(lines) + "\n"


def documents(lang: str = messages.DEFAULT) -> Mapping[str, str]:
    """Every page by file name: the index, then one a rule."""
    rules = catalogue.load()
    return {INDEX: index(rules.values(), lang)} | {f"{id}.md": page(rule, lang) for id, rule in rules.items()}


def write(folder: Path) -> list[str]:
    """Write every page into the folder, made where it is missing; the names of those that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in documents().items():
        file = folder / name
        if not file.is_file() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            changed.append(name)
    return changed


class _Page:
    def __init__(self, rule: Rule, lang: str) -> None:
        self._rule = rule
        self._lang = lang

    def _text(self, name: str, **parameters: object) -> str:
        return messages.text(f"page.{name}", self._lang, **parameters)

    def _section(self, name: str, *body: str) -> Iterator[str]:
        yield from ("", f"## {self._text(name)}", *body)

    def lines(self) -> Iterator[str]:
        rule = self._rule
        yield f"# {rule.id} {messages.title(rule, self._lang)}"
        yield from _table(
            [self._text(name) for name in ("version", "status", "severity", "speaks", "known_as")],
            [
                [
                    str(rule.version),
                    status_of(rule, self._lang),
                    grade_of(rule, self._lang),
                    self._speaks(),
                    self._known_from(),
                ]
            ],
        )
        yield from self._section("when", *_paragraphs(self._own("when", inspect.cleandoc(rule.check.__doc__ or ""))))
        yield from self._section("message", "> " + _placeholders(messages.summary(rule, self._lang)))
        yield from self._section("parameters", *self._parameters())
        yield from self._section("needs", *map(self._need, rule.needs), "", self._text("needs_intro"))
        yield from self._section("grades", *self._grades())
        yield from self._section("law", *self._law())
        yield from self._section(
            "example", messages.text(f"{rule.id}.example", self._lang), "", self._text("example_intro")
        )
        yield from self._section("why", messages.text(f"{rule.id}.why", self._lang))
        yield from self._section("unseen", self._own("unseen", rule.near_miss), "", self._text(self._everywhere()))

    def _own(self, part: str, own: str) -> str:
        return messages.of_rule(self._rule, part, own, self._lang)

    def _need(self, kind: str) -> str:
        return f"- `{kind}`: {messages.fact(kind, self._lang)}"

    def _known_from(self) -> str:
        return messages.word("known_from", self._rule.mapping, self._lang) or "–"

    def _speaks(self) -> str:
        if self._rule.both:
            return self._text("speaks_both")
        return self._text("speaks_allocations" if self._rule.allocations else "speaks_processes")

    def _everywhere(self) -> str:
        return "everywhere" if self._rule.topic == "people" else "everywhere_other"

    def _parameters(self) -> Sequence[str]:
        rule = self._rule
        known = list(rule.parameters())
        if not known:
            return [self._text("no_parameters")]
        names = profiles.names()
        by_profile = [
            dict(_values(catalogue.configure(profiles.load(name))[rule.id].parameters(), self._lang)) for name in names
        ]
        rows = [
            [
                f"`{name}`",
                shown(default, self._lang),
                *(values[name] for values in by_profile),
                self._own(f"help_{name}", help),
            ]
            for name, default, help in known
        ]
        return _table([self._text("parameter"), self._text("default"), *names, self._text("meaning")], rows)

    def _grades(self) -> Iterator[str]:
        rule = self._rule
        if not rule.severity.startswith(_BY_TABLE):
            said = grade_of(rule, self._lang)
            yield f"{said[:1].upper()}{said[1:]}."
            yield ""
            yield self._text("grade_caps_fixed")
            return
        yield from (self._text("grade_intro"), "")
        rows = [[f"I{level}", *(self._grade(level, near) for near in (True, False))] for level in _LEVELS]
        yield from _table([self._text(name) for name in ("grade_head", "grade_near", "grade_other")], rows)
        yield from ("", self._text("grade_caps"))

    def _grade(self, level: Level, near: bool) -> str:
        return messages.text(f"severity.{severity(level, near)}", self._lang)

    def _law(self) -> Sequence[str]:
        cited = [
            [
                name,
                messages.word("act", law.act, self._lang),
                law.article,
                self._validity(law),
                messages.word("reviewer", law.reviewed_by, self._lang),
            ]
            for name in profiles.names()
            for law in profiles.load(name).law
            if law.rule == self._rule.id
        ]
        if not cited:
            return [self._text("law_none")]
        head = ("law_profile", "law_act", "law_article", "law_valid", "law_reviewed")
        return _table([self._text(name) for name in head], cited)

    def _validity(self, law: LegalReference) -> str:
        if law.valid_to is None:
            return self._text("law_from", first=law.valid_from)
        return self._text("law_until", first=law.valid_from, last=law.valid_to)


def status_of(rule: Rule, lang: str = messages.DEFAULT) -> str:
    """The rule's status in words."""
    return messages.word("status", rule.status, lang)


def grade_of(rule: Rule, lang: str = messages.DEFAULT) -> str:
    """How severe its alerts are, in words."""
    if rule.severity.startswith(_BY_TABLE):
        return messages.text("page.by_table", lang)
    return messages.of_rule(rule, "grade", rule.severity, lang)


def _values(parameters: Iterable[tuple[str, object, str]], lang: str) -> Iterator[tuple[str, str]]:
    for name, value, _ in parameters:
        yield name, shown(value, lang)


def shown(value: object, lang: str = messages.DEFAULT) -> str:
    """A parameter for people: `>= 5 %`."""
    if isinstance(value, Threshold):
        return f"{value.operator} {percent(value.value)} %"
    if isinstance(value, Fraction):
        return f"{percent(value)} %"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or messages.text("page.none_set", lang)
    return str(value)


def _paragraphs(text: str) -> list[str]:
    """A text as Markdown: one line a paragraph."""
    parts = text.split("\n\n")
    lines = [line for part in parts for line in (" ".join(part.split()), "")]
    return lines[:-1]


def _placeholders(template: str) -> str:
    """A message with its parameters shown as such."""
    return template.replace("{", "*").replace("}", "*")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows),
    ]


def main() -> None:
    """Write the pages into the folder that is named, `docs/rules` by default."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/rules")
    changed = write(folder)
    print(f"{len(changed)} pages written to {folder}", file=sys.stderr)


if __name__ == "__main__":
    main()
