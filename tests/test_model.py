"""The trained model, and training on small data."""

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from conftest import ROOT
from rasa.shared.exceptions import InvalidConfigException
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from bot.faq import DIALOGUE, Example, Faq, load
from bot.fit import Settings, fit
from bot.model import Model
from bot.nlu import Ventanilla
from bot.result import Understanding

DATA = ROOT / "data" / "faq_es"
KEPT = ("1.6", "2.1", "2.7", "fuera/precio", "ticket", "charla/saludo", "varias")


@pytest.fixture(scope="module")
def small() -> tuple[list[Example], Faq]:
    """Twenty messages for each of a few labels."""
    knowledge, by_label = load(DATA), defaultdict(list)
    for example in knowledge.examples:
        by_label[example.label].append(example)
    return [example for label in KEPT for example in by_label[label][::7][:20]], knowledge


@pytest.mark.parametrize(
    ("text", "id_", "action"),
    [
        ("No me llega el correo de confirmación", "1.6", "resend_confirmation"),
        ("NO ME LLEGA EL CORREO DE CONFIRMACION", "1.6", "resend_confirmation"),
        ("olvidé mi clave", "2.1", "reset_password"),
        ("olvide mi contraseña", "2.1", "reset_password"),
        ("¿cómo hago para que la página no me pida entrar cada vez?", "2.7", None),
    ],
)
def test_a_question_has_its_entry_and_action(model: Model, text: str, id_: str, action: str | None) -> None:
    understanding = model.understand(text)
    assert (understanding.first.outcome, understanding.first.ranking[0].id) == ("answer", id_)
    assert (understanding.first.action, understanding.first.because != ()) == (action, True)


@pytest.mark.parametrize(
    "forms",
    [
        (
            "¿me podés reenviar el mail de confirmación?",
            "¿me puedes reenviar el correo de confirmación?",
            "¿me puede reenviar el e-mail de confirmacion?",
        )
    ],
)
def test_voseo_tuteo_and_usted_are_understood_alike(model: Model, forms: tuple[str, ...]) -> None:
    assert {model.understand(form).first.label for form in forms} == {"1.6"}


def test_two_needs_are_found_in_order(model: Model) -> None:
    understanding = model.understand("No me llega el correo de confirmación. Otra cosa: ¿cuánto cuesta alquilar un CMC 356?")
    assert [need.label for need in understanding.needs] == ["1.6", "fuera/alquiler"]
    assert understanding.first.action == "resend_confirmation"


def test_a_letter_that_tells_of_a_solved_trouble_and_gives_thanks_is_not_answered(model: Model) -> None:
    told = "Buenas tardes. Les escribí el lunes porque no me llegaba el correo de confirmación. "
    solved = (
        "Ya lo encontré en la carpeta de correo no deseado, pulsé el enlace y la cuenta quedó confirmada, así que doy el asunto "
    )
    thanks = (
        "por terminado. Muchas gracias por la ayuda y por la rapidez, no necesito nada más. Un saludo desde Sevilla, Paco Alcaide"
    )
    assert model.understand(told + solved + thanks).first.outcome == "smalltalk"


@pytest.mark.parametrize("text", ["", " ", "😀", "\ud800", "a" * 10_000, "¿¡?!", "<script>alert(1)</script>", "\x00"])
def test_any_text_is_understood_and_nothing_is_answered_to_nothing(model: Model, text: str) -> None:
    understanding = model.understand(text)
    assert understanding.first.outcome != "answer"
    json.dumps(understanding.as_json()).encode()


@pytest.mark.parametrize("text", ["volver", "sí", "déjelo", "no gracias", "volvamos", "vale", "nada más"])
def test_what_is_said_to_the_dialogue_has_one_of_its_labels(model: Model, text: str) -> None:
    need = model.understand(text).first
    assert need.outcome not in ("dialogue", "smalltalk") or need.label in DIALOGUE or need.label.startswith("charla/")


def test_an_understanding_survives_its_json(model: Model) -> None:
    understanding = model.understand("Soy ana@example.com y olvidé mi clave")
    assert Understanding.from_json(json.loads(json.dumps(understanding.as_json()))) == understanding


def test_training_is_the_same_twice_and_survives_saving(small: tuple[list[Example], Faq], tmp_path: Path) -> None:
    texts = ["no llega el correo para confirmar", "cuánto vale", "hola"]
    first, second = (fit(*small, Settings(), progress=lambda step: None).over(small[1]) for _ in range(2))
    first.save(tmp_path)
    again = Model.load(tmp_path)
    for text in texts:
        assert first.understand(text) == second.understand(text) == again.understand(text)


def test_a_sentence_transformers_model_can_be_named_as_encoder(small: tuple[list[Example], Faq], tmp_path: Path) -> None:
    words = sorted({word for example in small[0] for word in example.text.lower().split()})
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(["[u]", *words])}, unk_token="[u]"))
    tokenizer.pre_tokenizer = Whitespace()
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=32)]).save(str(tmp_path / "tiny"))
    model = fit(*small, Settings(encoder=str(tmp_path / "tiny")), progress=lambda step: None).over(small[1])
    model.save(tmp_path / "model")
    text = "no me llega el correo para confirmar mi registro"
    assert Model.load(tmp_path / "model").understand(text) == model.understand(text)
    assert model.understand(text).first.ranking[0].id == "1.6"


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("wrong_rate", 2, "a rate between 0 and 1"),
        ("stray_rate", "2 %", "a rate between 0 and 1"),
        ("long_rate", 0.0, "a rate between 0 and 1"),
        ("encoder", 7, "a model's name or folder"),
        ("seed", "one", "a whole number"),
    ],
)
def test_a_bad_setting_stops_with_component_key_and_what_was_expected(key: str, value: object, expected: str) -> None:
    with pytest.raises(InvalidConfigException, match=rf"bot\.nlu\.Ventanilla: {key}: expected {expected}.*{value!r}"):
        Ventanilla.validate_config({**Ventanilla.get_default_config(), key: value})


def test_adding_an_entry_is_adding_one_file(small: tuple[list[Example], Faq], tmp_path: Path) -> None:
    folder = tmp_path / "faq"
    shutil.copytree(DATA, folder)
    for path in folder.rglob("*.yml"):
        if not {path.stem, f"fuera/{path.stem}"} & {*KEPT, "saludo", "vocabulario", "precio"}:
            path.unlink()
    (folder / "varias.yml").unlink()
    (folder / "entradas" / "3.1.yml").write_text(
        'version: "3.1"\nid: "3.1"\npregunta: ¿Dónde aparco?\nresponses:\n  utter_faq/3.1:\n  - text: En la calle de atrás.\n'
        "nlu:\n- intent: faq/3.1\n  metadata: {author: A}\n  examples: |\n" + "".join(f"    - {text}\n" for text in PARKING)
    )
    (tmp_path / "held_back.jsonl").write_text('{"text": "el aparcamiento", "label": "3.1", "author": "U"}\n')
    (tmp_path / "floor.json").write_text('{"least": {"first_right": 1.0}, "most": {}}')
    places = {"FAQ_DIR": folder, "MODELS_DIR": tmp_path / "models", "VAR_DIR": tmp_path / "var", "BENCHMARKS_DIR": tmp_path}
    environment = {**os.environ, **{name: str(path) for name, path in places.items()}}
    run = {"cwd": ROOT, "env": environment, "capture_output": True, "text": True}
    trained = subprocess.run([sys.executable, "-W", "ignore", "-m", "bot.train"], **run)  # type: ignore[call-overload]
    assert (trained.returncode, "is promoted: first_right 1/1" in trained.stdout) == (0, True), trained.stderr
    assert trained.stdout.count("learned from all messages") == 1  # Rasa's process took it over
    asked = subprocess.run(  # type: ignore[call-overload]
        [sys.executable, "-W", "ignore", "-m", "bot.understand"], input='{"text": "¿dónde puedo aparcar el coche?"}\n', **run
    )
    need = json.loads(asked.stdout)["needs"][0]
    assert (need["ranking"][0]["id"], need["ranking"][0]["question"]) == ("3.1", "¿Dónde aparco?")
    listed = subprocess.run([sys.executable, "-W", "ignore", "-m", "bot", "models", "list"], **run)  # type: ignore[call-overload]
    assert "\tcurrent, of the present data\t" in listed.stdout
    (tmp_path / "floor.json").write_text('{"least": {"first_right": 1.5}, "most": {}}')
    (tmp_path / "var" / "models.jsonl").unlink()
    refused = subprocess.run([sys.executable, "-W", "ignore", "-m", "bot.train"], **run)  # type: ignore[call-overload]
    assert refused.returncode == 4
    assert "is REFUSED:\n  below the floor: first_right: at least 1.5 expected, got 1.0000\n" in refused.stderr
    assert not (tmp_path / "var" / "models.jsonl").exists()


PARKING = (
    "dónde dejo el coche",
    "hay sitio para aparcar cerca",
    "¿tienen aparcamiento para visitas?",
    "voy en coche, dónde aparco",
    "quiero aparcar la furgoneta",
    "¿el aparcamiento es gratis?",
    "plaza de parking para el coche",
    "estacionamiento para clientes",
    "dónde puedo estacionar el carro",
    "aparcar en la oficina",
)
