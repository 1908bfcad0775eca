"""Errors as problem documents (RFC 9457). Codes are a contract; `/errors/<code>` explains each to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from aiqyn.schemas.errors import CODES, Meaning, escape
from aiqyn.schemas.errors import Problem as Doubt
from aiqyn.services.http.own_body import UNSTORABLE
from aiqyn.services.i18n.catalogue import catalogue, language, text
from aiqyn.services.store.errors import OutcomeUnknown, StoreUnavailable

MEDIA_TYPE = "application/problem+json"

MEANINGS: dict[str, Meaning] = {
    "body.unreadable": Meaning("The body cannot be read", "Send what the media type says."),
    "body.tooLarge": Meaning("The body is too large", "Send it in parts, or ask the operator for a larger limit."),
    "body.tooManyRecords": Meaning("Too many records in one request", "Send them in several requests."),
    "media.unsupported": Meaning("This media type is not taken here", "See the documentation of the operation."),
    "parameter.unknown": Meaning("There is no such parameter", "Check its name: a mistyped filter finds everything."),
    "parameter.invalid": Meaning("A parameter has a wrong value", "Correct the parameter that the detail names."),
    "member.unknown": Meaning("There is no such member", "Take out or rename the member that the pointer names."),
    "signIn.missing": Meaning("Sign in first", "Send a key as `Authorization: Bearer`, or sign in."),
    "signIn.refused": Meaning("Name or password is wrong", "Try again; after several failures, wait."),
    "signIn.provider": Meaning(
        "The sign-in by your organisation did not work", "Begin again, or ask your organisation."
    ),
    "signIn.noRole": Meaning("Your organisation gives you no role here", "Ask your organisation for a role in Aiqyn."),
    "signIn.nameTaken": Meaning(
        "Your name is another account's here", "Ask the administrator to note your e-mail at your account."
    ),
    "scope.missing": Meaning("This is not among your rights", "Ask the administrator for the scope that it needs."),
    "csrf.missing": Meaning("The form is out of date", "Load the page again and repeat."),
    "notFound": Meaning("There is nothing here that you may see", "Check the address."),
    "method.notAllowed": Meaning("This cannot be done here", "See the documentation of the operation."),
    "state.wrong": Meaning("Its state does not allow that", "Load it again; somebody may have been faster."),
    "state.stale": Meaning("Somebody was faster", "Load it again and decide on what it is now."),
    "rate.exceeded": Meaning("Too many requests", "Wait as long as Retry-After says."),
    "engine.unavailable": Meaning("Not possible at this moment", "Repeat the request after Retry-After."),
    "outcome.unknown": Meaning(
        "It may have been done, or not", "Look before you repeat it. Events may be sent again: they count once."
    ),
    "idempotency.reused": Meaning("This Idempotency-Key came with another request", "Use a new key for a new request."),
    "idempotency.running": Meaning("The first request of this key still runs", "Repeat it a little later."),
    "idempotency.notHere": Meaning("No Idempotency-Key here", "The answer holds a secret that is shown once."),
    "filter.restricted": Meaning("This filter names restricted data", "Use the handle of the person instead."),
    "reveal.needed": Meaning(
        "This case is not open to you", "Say what for in `purpose`; it is logged. Or take the case."
    ),
    "review.linked": Meaning("The records link you to this case", "Another reviewer takes it."),
    "review.selfApproval": Meaning("Nobody approves their own proposal", "Another person has to approve it."),
    "review.refused": Meaning("The action cannot be taken on every alert", "Leave out those that `refused` lists."),
    "server.error": Meaning("Something broke on our side", "Repeat it; if it stays, tell the operator the reference."),
    **CODES,
}  # fmt: skip


class Problem(Exception):
    """The request is answered with a problem document."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        pointer: str = "",
        errors: Sequence[Doubt] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors) or (Doubt(code, pointer, detail),)
        self.headers = dict(headers or {})
        self.members = dict(members or {})

    def document(self, lang: str = "en") -> dict[str, object]:
        """The document of RFC 9457; its title in the language."""
        return {
            "type": f"/errors/{self.code}",
            "title": title(self.code, lang),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "errors": [
                {"code": code, "pointer": pointer, "detail": detail, "doc": f"/errors/{code}"}
                for code, pointer, detail in self.errors
            ],
            **self.members,
        }

    def response(self, lang: str = "en") -> Response:
        body = msgspec.json.encode(self.document(lang))
        return Response(body, self.status, self.headers, MEDIA_TYPE)


def title(code: str, lang: str = "en") -> str:
    """What the code says to people."""
    own = f"error.{code}.title"
    return text(own, lang) if own in catalogue(lang) else code


def wanted_language(request: Request) -> str:
    """The language of titles: `lang`, else Accept-Language, else English."""
    return language(request.query_params.get("lang"), request.headers.get("accept-language"))


def not_found(detail: str = "there is nothing at this address that you may see") -> Problem:
    return Problem(404, "notFound", detail)


_BY_STATUS = {
    400: "parameter.invalid",
    401: "signIn.missing",
    403: "scope.missing",
    404: "notFound",
    405: "method.notAllowed",
    413: "body.tooLarge",
    415: "media.unsupported",
    429: "rate.exceeded",
    503: "engine.unavailable",
}


def unavailable(error: StoreUnavailable) -> Problem:
    """503: try again later; with care where it may have been done."""
    code = "outcome.unknown" if isinstance(error, OutcomeUnknown) else "engine.unavailable"
    return Problem(503, code, str(error), headers={"Retry-After": "5"})


def from_http(error: HTTPException) -> Problem:
    """A problem for an error of the framework."""
    detail = str(error.detail or HTTPStatus(error.status_code).phrase)
    if error.status_code == 400 and "parsing the body" in detail:
        return Problem(400, "body.unreadable", "the body is not valid JSON, or nested too deeply")
    return Problem(error.status_code, _BY_STATUS.get(error.status_code, "server.error"), detail, headers=error.headers)


def from_validation(error: RequestValidationError, request: Request) -> Problem:
    """A problem for a parameter (400), an unreadable body (400) or a wrong member of a body (422)."""
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return Problem(400, "body.unreadable", "the body is not valid JSON")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media and not media.endswith(("json", "form-data", "urlencoded")) and any(_whole(item) for item in found):
        return Problem(415, "media.unsupported", f"{media[:100]} is not taken here; application/json is")
    doubts = [_doubt(item) for item in found]
    in_body = all(item["loc"][:1] == ("body",) for item in found)
    first = doubts[0]
    return Problem(422 if in_body else 400, first.code, first.detail, errors=doubts)


_CODES = {"missing": "field.missing", "extra_forbidden": "member.unknown", UNSTORABLE: "text.invalid"}


def _whole(item: Mapping[str, object]) -> bool:
    """Whether it is about the body as a whole, which the framework leaves as bytes where it is no JSON."""
    return item["loc"] == ("body",)


def _doubt(item: Mapping[str, object]) -> Doubt:
    place = item["loc"]
    assert isinstance(place, tuple)
    message = str(item["msg"])
    if place[:1] != ("body",):
        name = str(place[-1])
        return Doubt("parameter.invalid", "", f"{name}: {message}")
    pointer = "".join(f"/{escape(str(step))}" for step in place[1:])
    code = _CODES.get(str(item["type"]), "field.invalid")
    return Doubt(code, pointer, message)
