"""The table of faults: what is done, how often in a run, to how many workers and brokers."""

from __future__ import annotations

from typing import NamedTuple

from tests.faults import acts, servers_away
from tests.faults.acts import Act
from tests.faults.dying import POINTS


class Row(NamedTuple):
    """One line of the table."""

    act: Act
    times: int = 1
    workers: int = 2
    brokers: int = 1
    once: bool = False
    """No revision may stand on Kafka twice."""


def _dying() -> dict[str, Row]:
    return {f"dies {point}": Row(acts.die_at(point), workers=1) for point in POINTS}


ROWS: dict[str, Row] = {
    "nothing": Row(acts.nothing, once=True),
    "kill -9 worker, 50 times": Row(acts.kill_a_worker, 50),
    "kill -9 worker, 5 times": Row(acts.kill_a_worker, 5),
    "SIGTERM worker": Row(acts.stop_a_worker, 3),
    **_dying(),
    "worker frozen 60 s": Row(acts.freeze_a_worker(60)),
    "worker frozen 13 s": Row(acts.freeze_a_worker(13), 2),
    "frozen copying rows": Row(acts.freeze_in_a_transaction("copying rows", 60)),
    "frozen in the intake's transaction": Row(acts.freeze_in_a_transaction("intake: before the commit", 60)),
    "frozen in the detection's transaction": Row(acts.freeze_in_a_transaction("detect: before the commit", 60)),
    "frozen taking parts over": Row(acts.freeze_in_a_transaction("detect: taking parts over", 60)),
    "frozen before sending alerts": Row(acts.freeze_in_a_transaction("relay: before sending", 60), once=True),
    "frozen amid sending alerts": Row(acts.freeze_in_a_transaction("relay: amid sending", 60), once=True),
    "frozen, alerts sent, not noted": Row(acts.freeze_in_a_transaction("relay: sent, not noted", 60)),
    "workers 1 > 3 > 1": Row(acts.up_and_down, 2, workers=1),
    "broker killed, back after 3 s": Row(servers_away.kill_the_broker(3), 2),
    "broker stopped 60 s": Row(servers_away.stop_the_broker(60)),
    "broker hangs 45 s": Row(servers_away.pause_the_broker(45)),
    "database killed, back after 3 s": Row(servers_away.kill_the_database(3), 2),
    "database away 60 s": Row(servers_away.kill_the_database(60)),
    "way to the broker cut 10 s long": Row(servers_away.spoil_the_broker("cut", 10)),
    "black hole before the broker 40 s": Row(servers_away.spoil_the_broker("black hole", 40)),
    "black hole before the broker, then cut": Row(servers_away.spoil_the_broker("black hole, then cut", 40)),
    "broker delayed 0.3 s": Row(servers_away.spoil_the_broker("delay", 20)),
    "way to the database cut 10 s long": Row(servers_away.spoil_the_database("cut", 10)),
    "black hole before the database 40 s": Row(servers_away.spoil_the_database("black hole", 40)),
    "black hole before the database, then cut": Row(servers_away.spoil_the_database("black hole, then cut", 40)),
    "database delayed 0.3 s": Row(servers_away.spoil_the_database("delay", 20)),
    "poison at head, middle, tail": Row(servers_away.poison),
    "poison, dies before the commit": Row(servers_away.poison_and_die("intake: before the commit"), workers=1),
    "poison, dies after the commit": Row(servers_away.poison_and_die("intake: after the commit"), workers=1),
    "poison, dies unacknowledged": Row(servers_away.poison_and_die("intake: before the acknowledgement"), workers=1),
    "dead letters' topic deleted": Row(servers_away.no_dead_letters("deleted", 20)),
    "dead letters refused": Row(servers_away.no_dead_letters("refused", 20)),
    "one of three brokers lost": Row(servers_away.kill_the_broker(15, broker=1), brokers=3),
    "all local state deleted": Row(acts.forget_all_state, 2),
}
