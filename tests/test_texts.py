"""Everything that customers read is polite: usted throughout."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
FAMILIAR = re.compile(
    r"\b(?:tú|te|ti|tu|tus|contigo|tuy[oa]s?|vos|vosotr[oa]s|os|vuestr[oa]s?|puedes|podés|quieres|querés|tienes|tenés|necesitas|"
    r"eres|sos|has|estás|debes|escríbeme|escribí|dime|decime|cuéntame|contame|mirá|haz|hacé|inténtalo|llámanos|olvídalo)\b"
    r"|(?:^|[.!?:;,]\s+)(?:escribe|mira|revisa|introduce|prueba|espera|pulsa|elige|adjunta)\b",
    re.IGNORECASE,
)
# The approved answers stay verbatim, slips and all: 2.4 says "tu contraseña" after "su cuenta".
VERBATIM = {("utter_faq/2.4", "tu")}


def texts(node: Any, at: str) -> Iterator[tuple[str, str]]:
    """The texts and titles below a node, each with where it stands."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("text", "title", "ofrece", "titulo", "correo") and isinstance(value, str):
                yield at, value
            else:
                yield from texts(value, at)
    elif isinstance(node, list):
        for item in node:
            yield from texts(item, at)


def everything() -> Iterator[tuple[str, str]]:
    for path in (ROOT / "bot" / "domain.yml", *sorted((ROOT / "data" / "faq_es").rglob("*.yml"))):
        document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        for name, response in (document.get("responses") or {}).items():
            yield from texts(response, name)
        head = {key: value for key, value in document.items() if key not in ("responses", "nlu")}
        yield from texts(head, path.name)


# What customers read besides: the chat, its page, the demo portal's pages, and mails.
SHOWN = ("webchat/templates", "webchat/widget/templates", "desk/templates", "triage/templates", "demo/templates")
STRINGS = "webchat/widget/static/strings.js"
CODE = re.compile(r"{%.*?%}|{#.*?#}|{{.*?}}|<script.*?</script>|<style.*?</style>", re.DOTALL)
READ_OUT = re.compile(r'\b(?:placeholder|aria-label|title|alt)="([^"]*)"')


def shown() -> Iterator[tuple[str, str]]:
    """The words of each template and script that customers see."""
    paths = [path for folder in SHOWN for path in sorted((ROOT / folder).rglob("*")) if path.suffix in (".html", ".txt")]
    for path in paths:
        markup = CODE.sub(" ", path.read_text(encoding="utf-8"))
        yield str(path.relative_to(ROOT)), " ".join([re.sub("<[^>]*>", " ", markup), *READ_OUT.findall(markup)])
    yield STRINGS, " ".join(re.findall(r'"([^"\n]*)"', (ROOT / STRINGS).read_text(encoding="utf-8")))


def test_every_page_and_mail_says_usted() -> None:
    found = [(where, word) for where, text in shown() for word in FAMILIAR.findall(text)]
    assert found == []


def test_every_text_says_usted_but_the_slips_of_the_approved_answers() -> None:
    found = {(where, word.lower()) for where, text in everything() for word in FAMILIAR.findall(text)}
    assert found == VERBATIM


def test_every_slot_in_a_text_is_one_that_is_filled() -> None:
    slots = {slot for _, text in everything() for slot in re.findall(r"{(\w+)}", text)}
    told = {"topic", "numero_serie", "direccion", "email", "resumen", "numero", "detalle"}
    assert slots == told | {"dia", "hora", "horario", "zona"}
