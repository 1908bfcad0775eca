"""How days, instants, numbers, money and shares are written in a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from aiqyn.services.i18n.catalogue import text

_NBSP = "\u00a0"
_SIGNS = {"KZT": "₸"}


def day(value: str | None, lang: str) -> str:
    """A day or the day of an instant, `YYYY-MM-DD...`, as people write it; a partial date as far as it goes."""
    if not value:
        return "–"
    parts = value[:10].split("-")
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        return text("date.month", lang, month=text(f"month_alone.{int(parts[1])}", lang), year=parts[0])
    month = text(f"month.{int(parts[1])}", lang)
    return text("date.day", lang, day=int(parts[2]), month=month, year=parts[0])


def months(lang: str) -> list[str]:
    """The twelve months, short, for the axis of a picture."""
    return [text(f"month_short.{number}", lang) for number in range(1, 13)]


def instant(value: str | None, lang: str) -> str:
    """An instant of recording in UTC, to the minute."""
    return "–" if not value else f"{day(value, lang)}, {value[11:16]}"


def span(valid: Sequence[str | None], lang: str) -> str:
    """A half-open span `[from, to)` in words: people read its last day, included."""
    start, end = valid[0], _last(valid[1])
    if start and end:
        return text("date.span", lang, first=day(start, lang), last=day(end, lang))
    if start:
        return text("date.since", lang, first=day(start, lang))
    return text("date.until", lang, last=day(end, lang)) if end else text("date.always", lang)


def short_day(value: str, lang: str) -> str:
    """A day for pictures and narrow columns: `10.04.2024` where the language writes so."""
    if lang == "en" or len(value) < 7:
        return day(value, lang)
    return ".".join(reversed(value[:10].split("-")))


def short_span(valid: Sequence[str | None], lang: str) -> str:
    """A half-open span as pictures have it; people read its last day, included."""
    start, end = valid[0], _last(valid[1])
    if start and end:
        return f"{short_day(start, lang)} – {short_day(end, lang)}"
    if start:
        return text("date.since", lang, first=short_day(start, lang))
    return text("date.until_short", lang, last=short_day(end, lang)) if end else text("date.always", lang)


def rounded(amount: Mapping[str, str] | None, lang: str) -> str:
    """An amount in thousands, millions or milliards, to one decimal; small ones exactly."""
    if not amount:
        return "–"
    value = Decimal(amount["amount"])
    for name, unit in (("milliard", Decimal(10**9)), ("million", Decimal(10**6))):
        if value.is_finite() and unit <= abs(value) < 1000 * unit:
            scaled = (value / unit).quantize(Decimal("0.1"))
            written = money({"amount": f"{scaled:f}".removesuffix(".0"), "currency": ""}, lang).rstrip(f" {_NBSP}")
            sign = _SIGNS.get(amount["currency"])
            return text(f"rounded.{name}_{'sign' if sign else 'code'}", lang, value=written,
                        currency=sign or amount["currency"])  # fmt: skip
    return money(amount, lang)


def number(value: int | float | Decimal | None, lang: str) -> str:
    """A whole number with groups of three."""
    if value is None:
        return "–"
    grouped = f"{value:,}"
    return grouped if lang == "en" else grouped.replace(",", _NBSP).replace(".", ",")


def money(amount: Mapping[str, str] | None, lang: str) -> str:
    """An amount with its currency; tenge by its sign."""
    if not amount:
        return "–"
    value = Decimal(amount["amount"])
    if not value.is_finite() or abs(value.adjusted()) > 40:
        return f"{amount['amount']} {amount['currency']}"
    written = number(value.normalize() if value != value.to_integral_value() else Decimal(int(value)), lang)
    sign = _SIGNS.get(amount["currency"])
    if sign is None:
        return f"{written}{_NBSP}{amount['currency']}"
    return f"{sign}{written}" if lang == "en" else f"{written}{_NBSP}{sign}"


def percent(bounds: Sequence[str], lang: str) -> str:
    """A share from least to most, fractions of 1, as percentages."""
    least, most = (_hundredfold(bound, lang) for bound in bounds[:2])
    return f"{least}{_NBSP}%" if least == most else f"{least}–{most}{_NBSP}%"


def _hundredfold(fraction: str, lang: str) -> str:
    value = (Decimal(fraction) * 100).quantize(Decimal("0.01")).normalize()
    plain = f"{value:f}"
    return plain if lang == "en" else plain.replace(".", ",")


def _last(end: str | None) -> str | None:
    """The last day of a span that ends before `end`; a partial date stays as written."""
    if end is None or len(end) < len("2024-01-01"):
        return end
    try:
        return (date.fromisoformat(end[:10]) - timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return end
