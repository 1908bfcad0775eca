"""The pictures of the documentation are all there, small, shown by a page, and nothing else lies beside them."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

from tests.workbench.pictures import FOLDER, MOST, MOST_TOGETHER, SHOTS

ROOT = Path(__file__).parents[2]


def test_every_picture_is_there_and_small() -> None:
    files = {path.stem: path for path in FOLDER.iterdir()}
    assert files.keys() == SHOTS.keys()
    sizes = {name: path.stat().st_size for name, path in files.items()}
    assert {name: size for name, size in sizes.items() if size > MOST} == {}
    assert sum(sizes.values()) < MOST_TOGETHER
    for name, shot in SHOTS.items():
        with Image.open(files[name]) as picture:
            assert picture.size == (shot.width, shot.height), name


def test_every_picture_is_shown_and_none_is_missing() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    shown = {name for page in pages for name in re.findall(r"pictures/([\w-]+)\.webp", page.read_text("utf-8"))}
    assert shown == set(SHOTS)
