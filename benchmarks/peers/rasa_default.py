"""Rasa's default pipeline for Spanish, which it takes where config.yml names none: DIET over words and pieces of words."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

CONFIG = "recipe: default.v1\nassistant_id: benchmark\nlanguage: es\npipeline:\n"
MODEL = "rasa_default"


def train(messages: Sequence[dict[str, Any]], folder: Path) -> Callable[[str], list[tuple[str, float]]]:
    """What ranks a text; its model stays in the folder."""
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    labels = sorted({message["label"] for message in messages})
    names = {label: f"i{number}" for number, label in enumerate(labels)}  # a slash in a name has a meaning there
    known = [{"text": message["text"], "intent": names[message["label"]]} for message in messages]
    data, config = folder / "rasa_nlu.json", folder / "rasa_config.yml"
    data.write_text(json.dumps({"rasa_nlu_data": {"common_examples": known}}, ensure_ascii=False), encoding="utf-8")
    config.write_text(CONFIG, encoding="utf-8")
    path = train_nlu(str(config), str(data), str(folder), fixed_model_name=MODEL)
    agent, loop = Agent.load(path), asyncio.new_event_loop()
    back = {name: label for label, name in names.items()}

    def ranking(text: str) -> list[tuple[str, float]]:
        found = loop.run_until_complete(agent.parse_message(text))
        return [(back.get(intent["name"], intent["name"]), intent["confidence"]) for intent in found["intent_ranking"]]

    return ranking
