"""The agents' own pages: suggestions beside a customer's words."""

from flask import Blueprint, render_template

from webchat.agents import guard
from webchat.agents.accounts import AGENT

pages = guard.for_roles(Blueprint("agent", __name__), AGENT)


@pages.get("/agente")
def suggestions() -> str:
    """Where an agent types or pastes what a customer wrote."""
    return render_template("agents/suggestions.html")
