"""Invented names in Kazakh and Russian Cyrillic and in Latin letters, made from invented syllables."""

from __future__ import annotations

from itertools import product

from aiqyn.services.demo.chance import Chance

_HEADS = "Бөр Гай Жұм Зал Ирт Қор Лаң Мұз Нөк Оғл Пай Рым Сөң Төк Ұлм Үңг Шыр Әлд Тұғ Қыл Дөр Жөң Сұп Мөл Кеб Бұғ"
_MIDDLES = "абы ерғ исо ула өме ызы әті еңк ора үлі ашу ынд еле омқ ұйы азе ірт өңе ыға апы еше ота үрі ұла"
_TAILS = "рат лған мыс кен тұр зай лық біш ғаш нем дуқ сәт рең пыл тоқ мұғ шеп ған зым қоң лір бүт дас жем"
_WARES = [
    "Құрылым",
    "Сервис",
    "Жабдық",
    "Логистик",
    "Тамақ",
    "Дәрі",
    "Жол",
    "Кеңсе",
    "Жылу",
    "Есеп",
    "Байланыс",
    "Көлік",
    "Тазалық",
    "Жобалау",
]
_WORDS = tuple(map("".join, product(_HEADS.split(), _MIDDLES.split(), _TAILS.split())))

_SMALL = "абвгғдеәжзийкқлмнңоөпрстуұүфхһцчшщыіэюя"
_SMALL_LATIN = [
    "a",
    "b",
    "v",
    "g",
    "gh",
    "d",
    "e",
    "a",
    "zh",
    "z",
    "i",
    "i",
    "k",
    "q",
    "l",
    "m",
    "n",
    "ng",
    "o",
    "o",
    "p",
    "r",
    "s",
    "t",
    "u",
    "u",
    "u",
    "f",
    "kh",
    "h",
    "ts",
    "ch",
    "sh",
    "sh",
    "y",
    "i",
    "e",
    "yu",
    "ya",
]
_RUSSIAN = str.maketrans("ӘәҒғҚқҢңӨөҰұҮүҺһІі", "АаГгКкНнОоУуУуХхИи")
_LATIN = {
    **{ord(letter): text for letter, text in zip(_SMALL, _SMALL_LATIN, strict=True)},
    **{ord(letter.upper()): text.capitalize() for letter, text in zip(_SMALL, _SMALL_LATIN, strict=True)},
}


def russian(text: str) -> str:
    """Kazakh letters replaced by those that Russian keyboards have, as clerks do."""
    return text.translate(_RUSSIAN)


def latin(text: str) -> str:
    """The name in Latin letters, as a passport would have it."""
    return text.translate(_LATIN)


def word(rng: Chance) -> str:
    """One invented name of three syllables: a family, a given name, a town."""
    return rng.pick(_WORDS)


def person_name(rng: Chance) -> str:
    """Family and given name in Kazakh spelling."""
    return f"{word(rng)} {word(rng)}"


def company_name(rng: Chance) -> str:
    """The proper part of a company's name: what it was called and what it deals in."""
    return f"{word(rng)} {rng.pick(_WARES)}"
