"""API keys (scope administer)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from aiqyn.services.accounts import keys
from aiqyn.services.accounts.errors import AccountError
from aiqyn.services.http import paging
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.own_body import OwnBody
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.routes.users import refused
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.http.text_types import Text

router = APIRouter(prefix="/v1/keys", tags=["accounts"])
Admin = Annotated[Caller, Depends(needs("administer"))]


class NewKey(OwnBody):
    user: Text = Field(max_length=64)
    scopes: list[Text] = Field(default=[], max_length=20)
    sources: list[Text] = Field(default=[], max_length=100)
    expires: Text | None = Field(default=None, max_length=64)


class Rotation(OwnBody):
    overlap: Text = Field(default="24h", max_length=10)


@router.get("")
def every(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Admin,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, object]:
    """All keys, without their texts."""
    found = {key.id: key.as_json() for key in keys.every(ctx.engine)}
    return paging.by_name(request, response, found, limit, cursor, count)


@router.post("", status_code=201)
def add(body: NewKey, ctx: Ctx, caller: Admin) -> dict[str, object]:
    """Make a key; its text is shown this once."""
    try:
        expires = keys.expiry(body.expires) if body.expires else None
    except ValueError as error:
        raise Problem(422, "field.invalid", str(error), "/expires") from None
    try:
        key, text = keys.add(ctx.engine, caller.name, body.user, body.scopes, body.sources, expires)
    except AccountError as error:
        raise refused(error) from None
    return {**key.as_json(), "key": text}


@router.post("/{id}/rotate", status_code=201)
def rotate(id: str, ctx: Ctx, caller: Admin, body: Rotation | None = None) -> dict[str, object]:
    """A new key in its place; the old one holds for the overlap."""
    try:
        overlap = keys.span((body or Rotation()).overlap)
    except ValueError as error:
        raise Problem(422, "field.invalid", str(error), "/overlap") from None
    try:
        key, text = keys.rotate(ctx.engine, caller.name, id, overlap)
    except AccountError as error:
        raise refused(error) from None
    return {**key.as_json(), "key": text}


@router.delete("/{id}", status_code=204)
def revoke(id: str, ctx: Ctx, caller: Admin) -> None:
    """The key holds no more."""
    try:
        keys.revoke(ctx.engine, caller.name, id)
    except AccountError as error:
        raise refused(error) from None
