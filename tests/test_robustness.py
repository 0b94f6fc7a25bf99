"""Changes that must make no difference."""

import json
import random
from pathlib import Path

from bot.model import Model
from bot.robustness import alike, one_slip, unchanged, without_accents


def test_accents_go_and_the_letter_enye_stays() -> None:
    assert without_accents("¿Contraseña errónea? Según Íñigo, pingüino") == "¿Contraseña erronea? Segun Iñigo, pinguino"


def test_a_slip_is_in_one_longer_word() -> None:
    for seed in range(50):
        words = one_slip("no me va la clave", random.Random(seed)).split()
        assert words[:4] == ["no", "me", "va", "la"]
        assert words[4] != "clave"
        assert abs(len(words[4]) - 5) <= 1
    assert one_slip("no va, ¿eh?", random.Random(1)) == "no va, ¿eh?"


def test_what_changes_nothing_is_counted(model: Model, tmp_path: Path) -> None:
    assert unchanged(model, ["No me llega el correo de confirmación"], 1)["capitals"]["rate"] == 1.0
    path = tmp_path / "registers.jsonl"
    triples = [
        dict.fromkeys(("tu", "usted", "vos"), "olvidé mi contraseña"),
        {"tu": "hola", "usted": "olvidé mi contraseña", "vos": "hola"},
    ]
    path.write_text("\n".join(map(json.dumps, triples)))
    assert (alike(model, path)["count"], alike(model, path)["of"]) == (1, 2)
