"""`aiqyn topics`: the topics on Kafka."""

from __future__ import annotations

from typing import Annotated

import typer

from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FAILED, FINE, Failure
from aiqyn.services.cli.options import Db, Json, Profile, read_settings
from aiqyn.services.kafka import topics
from aiqyn.services.kafka.errors import KafkaUnavailable

app = typer.Typer(no_args_is_help=True, help="Topics on Kafka (`AIQYN_KAFKA_BOOTSTRAP`).")
Replicas = Annotated[
    int | None,
    typer.Option("--replication-factor", metavar="R", min=1, help="Copies; default: 3, or the brokers if fewer."),
]


@app.command("create")
def create(
    partitions: Annotated[
        int, typer.Option(metavar="N", min=1, help="Of procurement and allocation topics; the others have 3.")
    ] = topics.PARTITIONS,
    replicas: Replicas = None,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Make the topics that are missing. One that exists is never changed.

    Example: `AIQYN_KAFKA_BOOTSTRAP=127.0.0.1:9092 aiqyn topics create --partitions 4`
    """
    try:
        made = topics.create(read_settings(db, profile), partitions, replicas)
    except KafkaUnavailable as error:
        raise Failure(str(error)) from None
    if json:
        for one in made:
            output.json_line({"topic": one.name, "created": one.created})
    else:
        output.table(
            ("topic", ""), [(one.name, "made" if one.created else "there already, left as it is") for one in made]
        )
    return FINE


@app.command("check")
def check(
    partitions: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Of procurement and allocation topics; default: what most have."),
    ] = None,
    replicas: Annotated[
        int | None,
        typer.Option("--replication-factor", metavar="R", min=1, help="Copies; default: what most topics have."),
    ] = None,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Say what differs from what the product expects; exit code 1 if anything does.

    Example: `aiqyn topics check --partitions 12 --replication-factor 3`
    """
    try:
        differences = topics.check(read_settings(db, profile), partitions, replicas)
    except KafkaUnavailable as error:
        raise Failure(str(error)) from None
    for line in differences:
        output.text(line)
    if not differences:
        output.talk("every topic is as it should be")
    return FAILED if differences else FINE
