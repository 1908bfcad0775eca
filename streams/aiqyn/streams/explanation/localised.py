"""An alert's title and summary in another language.

The stored alert says both in English, and holds all that they were made of: the rule, the persons, the companies and
the buyer. So nothing has to be stored beside it, and whoever is masked in those members is masked in the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiqyn.rules import catalogue, messages


def localised(alert: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The alert with `title` and `summary` in that language; nothing else differs.

    English, and an alert of a rule that is no longer in the catalogue, stay as stored. Raises UnknownMessage for a
    language without catalogue.
    """
    rule = catalogue.load().get(alert["rule"])
    if lang == messages.DEFAULT or rule is None:
        return dict(alert)
    return {**alert, "title": messages.title(rule, lang), "summary": _summary(messages.summary(rule, lang), alert)}


def _summary(template: str, alert: Mapping[str, Any]) -> str:
    return template.format(
        persons=", ".join(alert["persons"]), companies=", ".join(alert["companies"]), buyer=alert["buyer"] or ""
    )
