"""Renders the Spanish texts of a room from its templates; one that lacks a value fails."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


def templates_of(room: str) -> Environment:
    """The templates in the folder `templates` of a room; HTML is escaped."""
    return Environment(
        loader=PackageLoader(room),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
