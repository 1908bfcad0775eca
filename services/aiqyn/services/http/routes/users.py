"""Users (scope administer)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from aiqyn.services.accounts import users
from aiqyn.services.accounts.errors import AccountError, UnknownAccount
from aiqyn.services.http import paging
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.own_body import OwnBody
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.http.text_types import Text

router = APIRouter(prefix="/v1/users", tags=["accounts"])
Admin = Annotated[Caller, Depends(needs("administer"))]


class NewUser(OwnBody):
    user: Text = Field(max_length=64)
    roles: list[Text] = Field(max_length=10)
    person: Text | None = Field(default=None, max_length=200)
    email: Text | None = Field(default=None, max_length=200)
    password: Text | None = Field(default=None, max_length=256)
    passwordless: bool = False


class Change(OwnBody):
    roles: list[Text] | None = Field(default=None, max_length=10)
    person: Text | None = Field(default=None, max_length=200)
    email: Text | None = Field(default=None, max_length=200)
    disabled: bool | None = None
    password: Text | None = Field(default=None, max_length=256)


@router.get("")
def everybody(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Admin,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, object]:
    """All users."""
    found = {user.name: user.as_json() for user in users.everybody(ctx.engine)}
    return paging.by_name(request, response, found, limit, cursor, count)


@router.post("", status_code=201)
def add(body: NewUser, ctx: Ctx, caller: Admin) -> dict[str, object]:
    """Make a user; a password is made and shown once where none is given."""
    password = None if body.passwordless else body.password or users.new_password()
    try:
        made = users.add(ctx.engine, caller.name, body.user, body.roles, body.person, body.email, password)
    except AccountError as error:
        raise refused(error) from None
    return {**made.as_json(), "password": password}


@router.patch("/{name}")
def change(name: str, body: Change, request: Request, ctx: Ctx, caller: Admin) -> dict[str, object]:
    """Change what is given."""
    given = body.model_fields_set
    try:
        made = users.change(
            ctx.engine,
            caller.name,
            name,
            roles=body.roles,
            person=body.person if "person" in given else msgspec.UNSET,
            email=body.email if "email" in given else msgspec.UNSET,
            disabled=body.disabled,
            password=body.password,
        )
    except AccountError as error:
        raise refused(error) from None
    return made.as_json()


def refused(error: AccountError) -> Problem:
    """The problem for an account that cannot be as asked."""
    if isinstance(error, UnknownAccount):
        return not_found(str(error))
    return Problem(422, "field.invalid", str(error), error.pointer)
