"""What the action server replied, checked as Rasa does, by a format that is itself checked once: half of a turn otherwise."""

from typing import Any

from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction

_FORMAT = Draft202012Validator(RemoteAction.action_response_format_spec())


def check_quickly() -> None:
    """Have this process check the replies of the action server so."""
    RemoteAction._validate_action_result = _checked


def _checked(_: RemoteAction, result: dict[str, Any]) -> bool:
    """True; raises jsonschema's ValidationError for what is no reply of an action."""
    _FORMAT.validate(result)
    return True
