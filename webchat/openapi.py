"""The API's description, made from the code that checks what comes in: `GET /api/openapi.json`."""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import flask_smorest
from flask import Flask, Request
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest

from webchat import problems
from webchat.incoming import json_object

View = TypeVar("View", bound=Callable[..., Any])

_API = "ventanilla-api"
_CONFIG = {
    "API_TITLE": "Ventanilla",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "API_SPEC_OPTIONS": {
        "info": {"description": "Errors are problem+json (RFC 9457)."},
    },
}


class Form(Schema):
    """What comes in or goes out: keys that are not known are passed over."""

    class Meta:  # noqa: D106 - marshmallow's own
        unknown = EXCLUDE


class ProblemSchema(Form):
    """An error, as RFC 9457 has it."""

    type = fields.String(required=True, metadata={"description": "about:blank where the status says it all"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)


class Api(flask_smorest.Api):
    """The API of an app, with our own form of errors."""

    ERROR_SCHEMA = ProblemSchema
    handle_http_exception = staticmethod(problems.response)


class Parser(FlaskParser):
    """Reads what clients send; what is not of the expected form ends with 400."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "json": EXCLUDE}

    def load_json(self, req: Request, schema: Schema) -> dict[str, Any]:
        """The JSON object in the body."""
        return json_object()

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        """End with what was expected of which field."""
        told = error.messages_dict
        while isinstance(told, dict) and len(told) == 1 and isinstance(next(iter(told.values())), dict):
            told = next(iter(told.values()))  # the place, such as json
        raise BadRequest(" ".join(f"{name}: {' '.join(map(str, reasons))}" for name, reasons in told.items()))


class Blueprint(flask_smorest.Blueprint):
    """Routes that the API describes."""

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: type[Schema], **options: Any) -> Callable[[View], View]:
        """Has a view given what its parent reads by the schema, of which one serves all requests: to make one takes longer."""
        wrapped: Callable[[View], View] = super().arguments(schema(), **options)
        return wrapped


def describe(app: Flask, **schemes: dict[str, str]) -> Api:
    """The API of the app, to register blueprints at; the schemes are how else one may show who one is."""
    known = app.extensions.get(_API)
    if known is None:
        app.config.from_mapping(_CONFIG)
        known = app.extensions[_API] = Api(app)
    for name, scheme in schemes.items():
        known.spec.components.security_scheme(name, scheme)
    api: Api = known
    return api
