"""The tree against RFC 6962, and its tiles against the tree in memory."""

import hashlib
import random

import pytest

from aiqyn.services.audit import merkle, tiles
from tests.services.audit import rfc6962
from tests.services.audit.conftest import Case

# The leaves and roots that implementations of Certificate Transparency test themselves by.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
MOST = 33


def entries(size: int) -> list[bytes]:
    return [number.to_bytes(2) for number in range(size)]


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_known_roots(size: int, root: str) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES[:size]]
    assert merkle.root_of(hashes).hex() == root
    assert rfc6962.tree(LEAVES[:size]).hex() == root


def test_every_small_tree_has_the_roots_and_paths_of_the_standard() -> None:
    for size in range(1, MOST):
        told = entries(size)
        hashes = [merkle.leaf_hash(leaf) for leaf in told]
        node = merkle.in_memory(hashes)
        root = rfc6962.tree(told)
        growing = merkle.Growing()
        for leaf in hashes:
            growing.add(leaf)
        assert merkle.root(size, node) == merkle.root_of(hashes) == growing.root() == root
        for index in range(size):
            path = merkle.inclusion(index, size, node)
            assert path == rfc6962.path(index, told)
            assert merkle.root_from_inclusion(index, size, hashes[index], path) == root


def test_a_path_fits_one_place_alone() -> None:
    size = 13
    hashes = [merkle.leaf_hash(leaf) for leaf in entries(size)]
    root = merkle.root_of(hashes)
    for index in range(size):
        path = merkle.inclusion(index, size, merkle.in_memory(hashes))
        for other in range(-1, size + 1):
            found = merkle.root_from_inclusion(other, size, hashes[index], path)
            assert (found == root) == (other == index)
        assert merkle.root_from_inclusion(index, size, hashes[index], [*path, root]) != root
        assert merkle.root_from_inclusion(index, size, hashes[index], path[:-1]) != root


def test_every_consistency_proof_is_that_of_the_standard_and_holds_for_it_alone() -> None:
    for new in range(1, MOST):
        told = entries(new)
        node = merkle.in_memory([merkle.leaf_hash(leaf) for leaf in told])
        for old in range(1, new + 1):
            path = merkle.consistency(old, new, node)
            before, after = rfc6962.tree(told[:old]), rfc6962.tree(told)
            assert path == rfc6962.proof(old, told)
            assert merkle.is_consistent(old, new, before, after, path)
            assert not merkle.is_consistent(old, new, hashlib.sha256(before).digest(), after, path)
            assert not merkle.is_consistent(old, new, before, hashlib.sha256(after).digest(), path)
            if old < new:
                assert not merkle.is_consistent(old, new, before, after, [*path, before])


def test_tiles_grow_into_the_same_tree(empty: Case) -> None:
    chance = random.Random(7)
    size = 66_000  # more than 256 * 256: three levels of tiles
    hashes = [hashlib.sha256(number.to_bytes(4)).digest() for number in range(size)]
    done = 0
    while done < size:
        step = chance.choice((1, 3, 255, 256, 257, 5_000, 20_000))
        with empty.engine.begin() as connection:
            grown = tiles.Tiles(connection)
            grown.append(done, hashes[done : done + step])
            grown.write()
        done = min(size, done + step)
    whole = merkle.levels(hashes)
    with empty.engine.connect() as connection:
        read = tiles.Tiles(connection)
        assert merkle.root(size, read.node) == whole[-1][0]
        for old in (1, 255, 256, 257, 65_536, 65_537):
            path = merkle.consistency(old, size, read.node)
            assert merkle.is_consistent(old, size, merkle.root_of(hashes[:old]), whole[-1][0], path)
        for index in (0, 255, 256, 65_535, 65_536, size - 1):
            path = merkle.inclusion(index, size, read.node)
            assert merkle.root_from_inclusion(index, size, hashes[index], path) == whole[-1][0]


@pytest.mark.parametrize(
    ("number", "path"), [(0, "000"), (999, "999"), (1000, "x001/000"), (1_234_067, "x001/x234/067")]
)
def test_paths_of_tiles(number: int, path: str) -> None:
    assert tiles.path(number) == path
    assert tiles.read_path(path) == (number, 256)
    assert tiles.read_path(f"{path}.p/7") == (number, 7)


@pytest.mark.parametrize("path", ["", "0", "0000", "x000/001", "001/002", "000.p/0", "000.p/256", "000.p/07", "٠٠٠"])
def test_other_paths_are_none(path: str) -> None:
    with pytest.raises(ValueError, match=r"no (path|width) of a tile"):
        tiles.read_path(path)
