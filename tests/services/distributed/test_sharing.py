"""Who should hold which part: pure arithmetic."""

from aiqyn.services.distributed.sharing import Part, fair_share, plan


def parts(owners: dict[int, str], position: int = 10) -> list[Part]:
    return [Part(number, position, owners.get(number), 1, 100 if number in owners else 0) for number in range(64)]


def test_alone_one_takes_all_that_is_free() -> None:
    made = plan(parts({}), {}, "a", {}, 10, 50)
    assert made.claim == tuple(range(64))


def test_a_living_ones_parts_are_left_alone_and_an_expired_ones_are_taken() -> None:
    others = parts(dict.fromkeys(range(32), "b"))
    graphs = {"a": 10, "b": 10}
    assert plan(others, graphs, "a", {}, 10, 50).claim == tuple(range(32, 64))
    assert plan(others, {"a": 10}, "a", {}, 10, 101).claim == tuple(range(64))


def test_what_is_too_much_is_given_back() -> None:
    held = dict.fromkeys(range(64), 1)
    made = plan(parts(dict.fromkeys(range(64), "a")), {"a": 10, "b": 10, "c": 10}, "a", held, 10, 50)
    assert (len(made.release), made.claim, made.lost) == (42, (), frozenset())


def test_another_epoch_or_owner_means_lost() -> None:
    rows = parts({0: "a", 1: "b"})
    made = plan(rows, {"a": 10}, "a", {0: 2, 1: 1, 2: 1}, 10, 50)
    assert made.lost == {0, 1, 2}


def test_a_part_judged_further_than_our_graph_waits() -> None:
    assert plan(parts({}, position=11), {}, "a", {}, 10, 50).claim == ()


def test_a_worker_whose_graph_is_far_behind_has_no_share_yet() -> None:
    assert fair_share({"a": 5_000, "b": 5_000, "late": 100}, "a", 5_000) == 32
    assert fair_share({"a": 5_000, "late": 4_000}, "a", 5_000) == 32
    assert fair_share({"late": 0}, "late", 5_000) == 64
