"""Strongly connected components of the companies above one (Tarjan 1972), without recursion."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping


def components(into: Mapping[int, Collection[int]], company: int) -> list[list[int]]:
    """Companies in `into` from which walks lead to `company`, by component, each before those above it.

    `into` names a company's holders; holders that are no key of it are left out. O(nodes + edges).
    """
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    placed: set[int] = set()
    found: list[list[int]] = []
    calls: list[tuple[int, Iterator[int]]] = []

    def enter(node: int) -> None:
        index[node] = low[node] = len(index)
        path.append(node)
        calls.append((node, iter([holder for holder in into[node] if holder in into])))

    if company in into:
        enter(company)
    while calls:
        node, holders = calls[-1]
        for holder in holders:
            if holder not in index:
                enter(holder)
                break
            if holder not in placed:
                low[node] = min(low[node], index[holder])
        else:
            calls.pop()
            if calls:
                below = calls[-1][0]
                low[below] = min(low[below], low[node])
            if low[node] == index[node]:
                found.append(_take(path, node))
                placed.update(found[-1])
    found.reverse()
    return found


def _take(path: list[int], node: int) -> list[int]:
    start = path.index(node) if path[-1] != node else len(path) - 1
    component = path[start:]
    del path[start:]
    return component
