"""Query parameters that several routes and pages take, each in one place."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

Day = Annotated[str | None, Query(max_length=10, description="A day, YYYY-MM-DD.")]
FromDay = Annotated[str | None, Query(alias="from", max_length=10, description="The first day, YYYY-MM-DD.")]
Instant = Annotated[str | None, Query(max_length=40, description="An instant (RFC 3339), or a day to its end in UTC.")]
Words = Annotated[list[str], Query(max_length=100)]
Search = Annotated[str | None, Query(max_length=200, description="Words of a public name.")]
Name = Annotated[str, Query(max_length=300, description="SCHEME:ID or a handle.")]
Start = Annotated[str, Query(alias="from", max_length=300, description="SCHEME:ID or a handle.")]
Hops = Annotated[int, Query(ge=1, le=4)]
MaxHops = Annotated[int, Query(ge=1, le=8)]
