"""Headers that tell browsers what this site and others may do."""

from flask import Response, current_app, request

_POLICY = {
    "default-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
    "require-trusted-types-for": "'script'",  # browsers refuse to make HTML from a text
}


def allow(response: Response, **more: str) -> Response:
    """The response, to which these directives apply in the place of ours or beside them, such as `img_src`."""
    changed = {**_POLICY, **{name.replace("_", "-"): value for name, value in more.items()}}
    response.headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in changed.items())
    return response


def secure(response: Response) -> Response:
    """The response with the headers that every one carries."""
    if "Content-Security-Policy" not in response.headers:
        allow(response)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    return response


def share(response: Response) -> Response:
    """The response, readable for the sites that may embed the chat."""
    origins = current_app.config["SETTINGS"].web_origins
    if not origins:
        return response
    response.headers.add("Vary", "Origin")
    if request.origin in origins:
        response.access_control_allow_origin = request.origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        response.headers["Access-Control-Max-Age"] = "7200"  # seconds in which a browser does not ask again
    return response
