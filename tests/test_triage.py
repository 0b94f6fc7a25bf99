"""The triage of mails: a corpus of awkward ones beside the text each newly says, the decisions, and the command."""

import dataclasses
import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import settings
from bot.language import language_of
from bot.model import Model
from bot.result import ANSWER, CLARIFY, OUT_OF_SCOPE, SMALLTALK, Candidate, Need, Understanding
from triage.__main__ import main, triage
from triage.decide import Decision, Rules, decide
from triage.judge import rules_of
from triage.message import Mail
from triage.policy import Policy, PolicyError, words
from triage.quotes import new_text
from triage.reply import compose
from triage.text import decode
from triage.tone import TONES

FOLDER = Path(__file__).parent / "mail"
MAILS = sorted(FOLDER.glob("*.eml"))
OWN = "ventanilla@example.com"
CIRCLE = {"answer": "Envíe un correo a atencion@obra.example."}
ENTRIES = {"1.6": {**CIRCLE, "mail": "Responda a este mensaje."}, "2.3": CIRCLE}
RULES = Rules((OWN,), Policy(), entries=ENTRIES)
WRITTEN = Mail(sender="elena@obra.example", reply_to="elena@obra.example", new_text="hola")
HEADERS = """\
El lun, 3 nov 2025 a las 10:12, Ana Ruiz (<ana@obra.example>) escribió:
El lun, 3 nov 2025 a la(s) 10:12, Ana Ruiz (ana@obra.example) escribió:
El lun, 3 nov 2025 a las 10:12, Ana Ruiz (<ana@obra.example>)\\escribió:
El lun., 3 de nov. de 2025 10:12 a. m., María del Carmen Ríos\\y Gómez (<maria.del.carmen.rios@obra.example>)\\escribió:
El 03/11/2025 a las 10:12, Ana Ruiz escribió:
El 3/11/25 10:12, Ana escribió:
El 3 nov 2025, a las 10:12, Ana Ruiz <ana@obra.example> escribió:
El 3 de nov. de 2025, a la(s) 10:12, Ana Ruiz <ana@obra.example> escribió:
El 2025-11-03 10:12, Ana Ruiz escribió:
El lun, 3 nov 2025 a las 10:12, Ana Ruiz (<ana@obra.example>) escribio:
El lunes, 3 de noviembre de 2025, 10:12:33 CET, Ana Ruiz <ana@obra.example> escribió:
En lunes, 3 de noviembre de 2025, 10:12:33 CET, Ana Ruiz <ana@obra.example> escribió:
De: Ana <ana@obra.example>\\Enviado: lunes, 3 de noviembre de 2025 10:12\\Para: Soporte\\Asunto: Registro
De: Ana [mailto:ana@obra.example]\\Enviado el: lunes, 3 de noviembre de 2025 10:12\\Para: Soporte\\CC: Luis\\Asunto: Registro
*De:* Ana Ruiz\\*Enviado:* lunes, 3 de noviembre de 2025 10:12\\*Para:* Soporte\\*Asunto:* Registro
De: "Ana" <ana@obra.example>\\Para: "Soporte" <s@obra.example>\\Enviados: Lunes, 3 de Noviembre 2025\\Asunto: Registro
De: Ana <ana@obra.example>\\Fecha: lunes, 3 de noviembre de 2025, 10:12\\Para: Soporte\\Asunto: Registro
De : Ana\\Enviado : lunes, 3 de noviembre de 2025\\Para : Soporte\\Asunto : Registro
________________________________
-----Mensaje original-----
-------- Mensaje Original --------
---------- Mensaje reenviado ---------
---------- Forwarded message ---------
Inicio del mensaje reenviado:
On Mon, Nov 3, 2025 at 10:12 AM Ana Ruiz <ana@obra.example> wrote:
Em seg., 3 de nov. de 2025 às 10:12, Ana <ana@obra.example> escreveu:
From: Ana Ruiz\\Sent: Monday, November 3, 2025 10:12\\To: Soporte\\Subject: Registro"""


class Listener:
    """Understands a word or two, and keeps what it was told."""

    manifest: Mapping[str, Any] = {"entries": ENTRIES}

    def __init__(self) -> None:
        self.heard: list[str] = []

    def understand(self, text: str) -> Understanding:
        self.heard.append(text)
        if "cambiado de empresa" in text:
            raise ZeroDivisionError
        return understood(answer("1.6", "resend_confirmation") if "confirmación" in text else refusal("averia"))


def understood(*needs: Need) -> Understanding:
    return Understanding("", needs)


def answer(id_: str, action: str | None = None) -> Need:
    ranking = (Candidate(id_, 0.971), Candidate("1.1", 0.01))
    return Need("", ANSWER, f"faq/{id_}", ranking, action, risk="low", because=("llega", "correo"))


def refusal(theme: str | None) -> Need:
    return Need("", OUT_OF_SCOPE, f"fuera/{theme}", (Candidate("1.3", 0.0402),), theme=theme, because=("pantalla",))


def smalltalk() -> Need:
    return Need("", SMALLTALK, "charla/gracias", ())


def read(name: str) -> Mail:
    return Mail.from_bytes((FOLDER / f"{name}.eml").read_bytes())


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_what_a_mail_newly_says_is_the_text_kept_beside_it(path: Path) -> None:
    expected = path.with_suffix(".txt").read_text(encoding="utf-8").removesuffix("\n")
    assert Mail.from_bytes(path.read_bytes()).new_text == expected


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def test_each_mail_of_the_corpus_is_decided_as_it_should_be(model: Model) -> None:
    expected = YAML(typ="safe").load((FOLDER / "decisions.yml").read_text(encoding="utf-8"))
    chosen = settings.from_env()
    rules = rules_of(chosen, Policy.read(chosen.mail_policy), model)
    decided = {line["file"].removesuffix(".eml"): line for line in triage(MAILS, model, rules)}
    assert decided.keys() == expected.keys()
    assert len(decided) >= 80
    shown = {name: {field: _listed(decided[name][field]) for field in wanted} for name, wanted in expected.items()}
    wrong = [f"{name}: {shown[name]}, {decided[name]['why']}" for name in expected if shown[name] != expected[name]]
    assert not wrong, "\n".join(wrong)


def test_a_mail_keeps_its_names_addresses_and_attachments() -> None:
    mail = read("attachments")
    assert mail.message_id.endswith("@mail.example>")
    assert (mail.sender, mail.reply_to) == ("nuria@obra.example", "nuria@obra.example")
    assert mail.subject == "No puedo registrarme, adjunto pantallazo"
    assert mail.attachments == ("captura de señal.png", "póliza.pdf")
    assert (mail.full_text, mail.auto, mail.broken) == (mail.new_text, None, None)


def test_a_reply_goes_to_the_address_that_the_mail_names_for_it() -> None:
    assert read("own_ticket").reply_to == "elena@obra.example"


def test_an_attached_mail_is_no_part_of_what_the_writer_says() -> None:
    mail = read("forwarded_as_attachment")
    assert (mail.full_text, mail.attachments) == ("Este enlace que me mandasteis ha caducado.", ("message/rfc822",))


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_no_line_of_a_mail_is_neither_new_nor_left_out(path: Path) -> None:
    mail = Mail.from_bytes(path.read_bytes())
    told = [line.strip() for line in f"{mail.new_text}\n{mail.quoted_text}".split("\n") if line.strip()]
    assert sorted(told) == sorted(line.strip() for line in mail.full_text.split("\n") if line.strip())


def test_the_full_text_keeps_the_quotes() -> None:
    assert read("gmail_wrapped_quote").quoted_text.endswith("> ¿Ha mirado en la carpeta de spam?\n>")
    assert read("gmail_wrapped_quote").full_text.endswith("> ¿Ha mirado en la carpeta de spam?\n>")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("raw_utf8_headers", "No encuentro el número de serie del equipo\n¿Dónde está?"),
        ("forwarded_as_attachment", "Este enlace que me mandasteis ha caducado."),
        ("only_quote", "> Le hemos enviado el correo de confirmación.\n> Un saludo."),
        ("empty_body", "no recibo el correo de confirmación\n"),
    ],
)
def test_the_subject_is_said_where_it_says_something(name: str, said: str) -> None:
    assert read(name).said == said


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("Tel. +34 944 000 000", False),
        ("Tfno: 91 555 55 55 Ext. 204", False),
        ("*Móvil:* 600-000-000 / Fax (91) 555 55 56", False),
        ("T +34 944 000 000 | M +34 600 000 000", False),
        ("Mi teléfono es 944 000 000", True),
        ("Tel. 944 000 000, llámenme", True),
        ("Serie: AB123Z", True),
        ("600 000 000", True),
        ("Tel. " + "1 " * 90 + "x", True),
    ],
)
def test_telephone_numbers_under_a_name_ask_for_nothing(line: str, stays: bool) -> None:
    mail = Mail(new_text=f"Hola.\n{line}\nAna")
    assert mail.said == (mail.new_text if stays else "Hola.\nAna")


@pytest.mark.parametrize("subject", ["", "Re:", "RE: RV: ", "(sin asunto)", "Fwd: [no subject]", "Re[2]: …"])
def test_a_subject_without_words_is_not_said(subject: str) -> None:
    assert Mail(subject=subject, new_text="hola").said == "hola"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("truncated_multipart", "CloseBoundaryNotFoundDefect"),
        ("no_headers", "MissingHeaderBodySeparatorDefect"),
    ],
)
def test_a_damaged_mail_says_what_is_wrong_with_it(name: str, reason: str) -> None:
    assert read(name).broken == reason


def test_a_mail_that_the_parser_cannot_take_is_kept_as_text() -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1000))
    mail = Mail.from_bytes(b"From: ana@obra.example\n" + nested + b"\n\xbfhola?")
    assert mail.broken is not None
    assert mail.broken.startswith("RecursionError")
    assert mail.new_text.endswith("¿hola?")


def test_a_mail_without_a_sender_is_damaged() -> None:
    assert Mail.from_bytes(b"Subject: hola\n\nhola").broken == "no address in From"


@pytest.mark.parametrize(
    ("raw", "claimed"),
    [
        ("¿clave?".encode(), "latin-1"),
        ("¿clave?".encode("cp1252"), "utf-8"),
        ("¿clave?".encode("cp1252"), "no such charset"),
        ("¿clave?".encode("utf-16"), "utf-16"),
        ("¿clave?".encode("utf-7"), "utf-7"),
        ("¿clave?".encode("latin-1"), "base64"),
    ],
)
def test_bytes_are_read_whatever_charset_they_claim(raw: bytes, claimed: str) -> None:
    assert decode(raw, claimed) == "¿clave?"


@pytest.mark.parametrize(
    "own", ["No me llega el correo.", "En 2 días nada.", "Mi número de serie: AB123Z", "El 3/11 pedí\nel alta."]
)
@pytest.mark.parametrize("header", HEADERS.split("\n"))
def test_quotes_go_and_the_writers_own_words_stay(header: str, own: str) -> None:
    lines = header.replace("\\", "\n")
    assert new_text(f"{own}\n\n{lines}\n\nviejo\nmás viejo") == (own, False)
    assert new_text(f"{own}\n{lines}\n> viejo\n>\n> más viejo") == (own, False)


@pytest.mark.parametrize(
    "text",
    [
        "El lunes mi jefe me escribió:\nno puedes entrar",
        "Hola.\nEl 3 de noviembre me registré.\nAyer el técnico me escribió:\nespere",
        "Hola.\nDe: mi jefe\nno puedo entrar",
        "> todo es cita",
    ],
)
def test_words_that_only_look_like_a_quote_stay(text: str) -> None:
    assert new_text(text)[0] == text


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("auto_reply", "Auto-Submitted is 'auto-replied; owner-email=\"pilar@obra.example\"'"),
        ("bounce", "the return path is null"),
        ("newsletter", "Precedence is 'bulk'"),
        ("read_receipt", "it is a report, such as of delivery"),
        ("own_ticket", "it is our own ticket 'V-2025-0007'"),
        ("from_ourselves", "we sent it ourselves"),
    ],
)
def test_mail_of_machines_and_our_own_is_ignored(name: str, why: str) -> None:
    assert decide(read(name), understood(answer("1.6")), RULES) == Decision(
        "ignore", queue="ticket" if name == "own_ticket" else "ignore", why=why
    )


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("List-Id: <novedades.feria.example>", "List-Id is '<novedades.feria.example>'"),
        ("Precedence: Junk", "Precedence is 'Junk'"),
        ("Auto-Submitted: auto-generated", "Auto-Submitted is 'auto-generated'"),
        ("Return-Path: <Postmaster@mx.example>", "the mail server itself writes ('elena@obra.example')"),
    ],
)
def test_each_sign_of_a_machine_suffices(header: str, why: str) -> None:
    assert Mail.from_bytes(f"From: elena@obra.example\n{header}\n\nhola".encode()).auto == why


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: no", "Auto-Submitted: No (a person)", "Precedence: normal", "Return-Path: <elena@obra.example>"]
)
def test_headers_of_a_persons_mail_are_no_sign_of_a_machine(header: str) -> None:
    assert Mail.from_bytes(f"From: elena@obra.example\n{header}\n\nhola".encode()).auto is None


def test_a_mail_is_answered_where_every_need_has_an_answer() -> None:
    needs = understood(smalltalk(), answer("2.7"), answer("1.6", "resend_confirmation"), answer("2.7"))
    decision = decide(WRITTEN, needs, RULES)
    assert (decision.decision, decision.faq, decision.action) == ("reply", ("2.7", "1.6"), "resend_confirmation")


def test_a_reply_gives_its_reasons() -> None:
    assert decide(WRITTEN, understood(answer("1.6")), RULES).why == "1.6 answers with 97%, risk low (llega, correo)"


def test_one_need_without_an_answer_takes_the_mail_to_a_person_with_action_and_theme() -> None:
    needs = understood(answer("1.6", "resend_confirmation"), refusal("averia"))
    why = "fuera/averia is out_of_scope, best entry 1.3 with 4% (pantalla)"
    assert decide(WRITTEN, needs, RULES) == Decision("person", "draft", ("1.6",), "resend_confirmation", "averia", why=why)


@pytest.mark.parametrize("outcome", [CLARIFY, "other_language", "dialogue", "person", "unheard of"])
def test_only_an_answer_is_answered(outcome: str) -> None:
    assert decide(WRITTEN, understood(Need("", outcome, "", ())), RULES).decision == "person"


def test_small_talk_alone_is_for_a_person() -> None:
    why = "it asks for nothing, it is small talk"
    assert decide(WRITTEN, understood(smalltalk()), RULES) == Decision("person", why=why)


def test_a_damaged_mail_is_for_a_person_even_where_it_could_be_answered() -> None:
    mail = Mail(sender="elena@obra.example", broken="CloseBoundaryNotFoundDefect")
    why = "the mail is damaged: CloseBoundaryNotFoundDefect"
    assert decide(mail, understood(answer("1.6")), RULES) == Decision("person", "draft", ("1.6",), why=why)


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (
            Mail(new_text="Hola, es la tercera vez que les escribo."),
            "it complains again: 'Hola, es la tercera vez que les escribo.'",
        ),
        (Mail(new_text="ES   una\nvergüenza"), "it is angry: 'ES una vergüenza'"),
        (Mail(new_text="Es muy urgente."), "it is urgent: 'Es muy urgente.'"),
        (Mail(new_text="Necesito acceso URGENTE."), "it is urgent: 'Necesito acceso URGENTE.'"),
        (Mail(new_text="Nos urge entrar."), "it is urgent: 'Nos urge entrar.'"),
        (Mail(subject="Urgente"), "its subject is urgent: 'urgente'"),
        (Mail(attachments=("error.png",)), "something is attached: error.png"),
        (Mail(references=("<ventanilla.0af3@example.com>",)), "it answers a mail of ours"),
        (Mail(reply_to="No-Reply@obra.example"), "its sender takes no replies: No-Reply@obra.example"),
    ],
)
def test_a_mail_that_a_person_must_see_goes_to_one_with_its_answer_prepared(mail: Mail, why: str) -> None:
    assert decide(mail, understood(answer("1.6")), RULES) == Decision("person", "draft", ("1.6",), why=why)


@pytest.mark.parametrize(
    "text",
    [
        "No es urgente, cuando puedan.",
        "Soy abogado de la empresa y no me llega el correo.",
        "Lo he intentado tres veces y el correo\nno llega.",
        "Es la primera vez que les escribo.",
    ],
)
def test_words_of_a_tone_in_another_sense_leave_a_mail_its_answer(text: str) -> None:
    assert decide(Mail(sender="elena@obra.example", new_text=text), understood(answer("1.6")), RULES).decision == "reply"


def test_many_calm_sentences_do_not_add_up_to_a_tone() -> None:
    calm = Mail(sender="elena@obra.example", new_text="Ayer volví a mirar la página un rato.\n" * 2000)
    assert decide(calm, understood(answer("1.6")), RULES).decision == "reply"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Su atención deja mucho que desear y así lo haré saber a mi dirección.", "angry"),
        ("La cuadrilla está parada y entramos a las\nseis de la mañana.", "urgent"),
        ("Les mandé este mismo asunto el lunes y hasta hoy nadie se ha dignado.", "again"),
    ],
)
def test_a_tone_is_known_by_sentences_that_have_none_of_its_expressions(text: str, why: str) -> None:
    assert not any(words().find(name, text) for name in TONES)
    assert why in decide(Mail(sender="elena@obra.example", new_text=text), understood(answer("1.6")), RULES).why


def test_a_greeting_thanks_or_a_yes_beside_a_need_asks_for_nothing() -> None:
    needs = understood(smalltalk(), Need("", "dialogue", "afirmar", ()), answer("1.6"), smalltalk())
    assert decide(WRITTEN, needs, RULES).decision == "reply"


def test_a_mail_in_another_language_is_for_a_person_with_nothing_prepared() -> None:
    why = "it is written in another language: pt"
    assert decide(WRITTEN, understood(answer("1.6")), RULES, language="pt") == Decision(
        "person", None, ("1.6",), language="pt", why=why
    )


def test_an_entry_that_says_to_write_a_mail_is_no_answer_to_one() -> None:
    why = "2.3 says to write a mail: give it a text for mails (`correo:`)"
    assert decide(WRITTEN, understood(answer("2.3", "open_ticket")), RULES) == Decision(
        "person", None, (), "open_ticket", why=why
    )


def test_a_reply_whose_action_is_a_persons_stays_in_their_queue() -> None:
    assert decide(WRITTEN, understood(answer("1.6", "open_ticket")), RULES).queue == "person"
    assert decide(WRITTEN, understood(answer("1.6", "resend_confirmation")), RULES).queue == "reply"


def test_an_answer_that_the_policy_keeps_back_is_for_a_person_to_write() -> None:
    off = Policy(entries={"1.6": {"low": "off"}})
    decision = decide(WRITTEN, understood(answer("1.6")), Rules(policy=off))
    assert (decision.decision, decision.policy, decision.queue) == ("reply", "off", "person")


def test_the_most_careful_policy_of_all_needs_counts() -> None:
    policy = Policy(entries={"1.4": {"low": "send"}, "1.6": {"low": "send"}, "2.7": {"low": "off"}})
    given = [
        decide(WRITTEN, understood(*map(answer, ids)), Rules(policy=policy)).policy
        for ids in (["1.4", "1.6"], ["1.4", "1.1"], ["2.7", "1.1"])
    ]
    assert given == ["send", "draft", "off"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("default: {low: draft}", "default: expected low, medium, high, got low"),
        ("entries: {'1.4': {low: always}}", "1.4: expected low|medium|high: off|draft|send, got {'low': 'always'}"),
        ("color: red", "expected some of default, entries"),
        ("queues: {reply: R}", "queues: expected reply, person, ticket, ignore, failed, got reply"),
        ("limits: {10: many}", "limits: expected minutes: answers"),
        ("a: [", "expected a readable YAML file"),
    ],
)
def test_a_broken_policy_says_what_was_expected(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "politica.yml"
    path.write_text(text)
    with pytest.raises(PolicyError, match=re.escape(expected)):
        Policy.read(path)


@pytest.mark.parametrize(
    ("action", "done", "starts"),
    [
        ("reset_password", False, ["#ventanilla=2.1", "#ventanilla=1.6"]),
        ("reset_password", True, ["#ventanilla=1.6"]),
        ("open_ticket", False, ["", "#ventanilla=2.1", "#ventanilla=1.6"]),
    ],
)
def test_a_reply_offers_the_action_of_each_answer(action: str, done: bool, starts: list[str]) -> None:
    given = {"2.1": "reset_password", "2.7": None, "1.6": "resend_confirmation", "1.5": "resend_confirmation"}
    entries = [{"id": id_, "question": id_, "answer": id_, "action": offers} for id_, offers in given.items()]
    chosen = dataclasses.replace(settings.from_env(), chat_url="https://chat.example/")
    now = datetime(2025, 11, 3, tzinfo=timezone.utc)
    reply = compose(WRITTEN, entries, action, chosen, digest="0af3", now=now, automatic=True, done=done)
    plain, html = (part.get_content() for part in reply.iter_parts())
    assert re.findall(r"https://chat\.example/(\S*)", plain) == starts
    assert re.findall(r'href="https://chat\.example/([^"]*)', html) == starts
    assert ("hemos pedido que se envíe" in plain, "hemos pedido que se envíe" in html) == (done, done)


def test_the_shipped_policy_sends_nothing_by_itself() -> None:
    policy = Policy.read(Path(settings.ROOT) / "triage" / "politica.yml")
    assert {policy.of([(id_, risk)]) for id_ in ("1.1", "2.7") for risk in ("low", "medium", "high")} == {"draft"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("No consigo entrar en el portal de clientes desde ayer.", "es"),
        ("Não consigo entrar no portal de clientes desde ontem, podem ajudar?", "pt"),
        ("I cannot sign in to the customer portal since yesterday.", "en"),
        ("no", "es"),
    ],
)
def test_a_language_is_told_where_it_is_sure(text: str, language: str) -> None:
    assert language_of(text) == language


def test_explaining_a_mail_shows_what_was_read_understood_and_decided(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(FOLDER / "two_needs.eml")], model=Listener()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "Need      faq/1.6 is answer, risk low [1.6 97%, 1.1 1%]" in [line.rstrip() for line in lines]
    assert "Faq       1.6" in lines
    assert [line for line in lines if line.startswith("Left out")] == ["Left out  "]
    assert lines[-1] == "Why       1.6 answers with 97%, risk low (llega, correo)"


@pytest.mark.parametrize(
    "footer", ["AVISO LEGAL: este correo es privado.", "Este mensaje y sus adjuntos son confidenciales\ny lo son."]
)
def test_the_legal_notice_of_a_company_is_not_what_the_writer_says(footer: str) -> None:
    assert new_text(f"No me llega el correo.\n\n{footer}\n\nGracias")[0] == "No me llega el correo.\n\n\n\nGracias"


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("Ana Ruiz\nEste mensaje y los ficheros anexos son privados.\nBórrelo si no es suyo.", "Ana Ruiz"),
        ("Ana Ruiz\n*AVISO LEGAL*\nBórrelo.", "Ana Ruiz"),
        ("Ana Ruiz\nEste mensaje y\nsus adjuntos son privados.", "Ana Ruiz"),
        ("Me escribieron que\neste mensaje y los demás se borran.", "Me escribieron que\neste mensaje y los demás se borran."),
    ],
)
def test_a_legal_notice_right_below_a_name_goes_too(text: str, stays: str) -> None:
    assert new_text(f"No me llega el correo.\n\n{text}\n\nP. D.: corre prisa")[0] == (
        f"No me llega el correo.\n\n{stays}\n\nP. D.: corre prisa"
    )


def test_a_mail_that_begins_as_a_legal_notice_is_its_writers_own() -> None:
    text = "Protección de datos: ¿qué guardan de mí?\n\nGracias"
    assert new_text(text) == (text, False)


@pytest.mark.parametrize(
    "subject", ["Respuesta automática: Registro", "FUERA DE LA OFICINA hasta el lunes", "Leído: su consulta"]
)
def test_the_subject_of_an_automatic_reply_suffices(subject: str) -> None:
    raw = f"From: elena@obra.example\nSubject: {subject}\n\nhola".encode()
    assert Mail.from_bytes(raw).auto == f"the subject is that of an automatic reply: {subject!r}"


def test_a_signature_a_card_and_a_logo_are_no_attachments() -> None:
    logo = 'Content-Type: image/png; name="image001.png"\nContent-ID: <logo>\nContent-Transfer-Encoding: base64\n\niVBORw0K'
    card = "Content-Type: text/vcard; name=ana.vcf\nContent-Disposition: attachment\n\nBEGIN:VCARD"
    shot = logo.replace("iVBORw0K", "iVBORw0K" * 10_000).replace("image001", "captura")
    parts = "".join(f"--b\n{part}\n" for part in (logo, card, shot))
    raw = f"From: a@obra.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhola\n{parts}--b--\n"
    assert Mail.from_bytes(raw.encode()).attachments == ("captura.png",)


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("Su programa de correo no muestra HTML.", "¿Dónde está el número?"),
        ("Sale una página sin HTML.", "Sale una página sin HTML."),
    ],
)
def test_of_two_alternatives_the_one_with_the_words_is_read(plain: str, shown: str) -> None:
    html = "Content-Type: text/html; charset=utf-8\n\n<p>¿Dónde está el número?</p>"
    raw = f"From: a@obra.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n{plain}\n--b\n{html}\n--b--\n"
    assert Mail.from_bytes(raw.encode()).new_text == shown


def test_an_invitation_is_something_attached_and_no_words() -> None:
    event = "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR"
    raw = f"From: a@obra.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n\n--b\n{event}\n--b--\n"
    mail = Mail.from_bytes(raw.encode())
    assert (mail.full_text, mail.attachments) == ("", ("text/calendar",))


@pytest.mark.parametrize(
    ("sender", "id_", "decision"),
    [
        ("MAILER-DAEMON@mx.example", "<ventanilla.0af3@example.com>", "person"),
        ("MAILER-DAEMON@mx.example", "<0af3@example.com>", "ignore"),
        ("elena@obra.example", "<ventanilla.0af3@example.com>", "ignore"),
    ],
)
def test_a_report_in_plain_words_that_our_reply_came_back_goes_to_a_person(sender: str, id_: str, decision: str) -> None:
    words = f"Sorry, no mailbox here by that name.\n\n--- Below is a copy.\n\nFrom: {OWN}\nMessage-ID: {id_}\n\nHola"
    mail = Mail.from_bytes(f"Return-Path: <>\nFrom: {sender}\nSubject: failure notice\n\n{words}".encode())
    assert decide(mail, understood(), RULES).decision == decision


def test_a_mail_without_a_sender_is_not_taken_for_our_own() -> None:
    assert decide(Mail(), understood(answer("1.6")), Rules()).decision == "reply"


def test_the_command_prints_a_json_line_for_each_mail_in_name_order(capsys: pytest.CaptureFixture[str]) -> None:
    listener = Listener()
    assert main(["--folder", str(FOLDER), "--json"], model=listener) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["file"] for line in lines] == [path.name for path in MAILS]
    assert len(listener.heard) == len(MAILS)
    assert lines[[path.stem for path in MAILS].index("two_needs")] == {
        "file": "two_needs.eml",
        "decision": "reply",
        "policy": "draft",
        "faq": ["1.6"],
        "action": "resend_confirmation",
        "theme": None,
        "language": "es",
        "why": "1.6 answers with 97%, risk low (llega, correo)",
        "new_text": read("two_needs").new_text,
    }


def test_the_command_reads_a_maildir(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("cur/2.host:2,S", "new/1.host", "tmp/3.host"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes((FOLDER / "two_needs.eml").read_bytes())
    assert main(["--folder", str(tmp_path), "--json"], model=Listener()) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["file"], line["decision"]) for line in lines] == [("1.host", "reply"), ("2.host:2,S", "reply")]


def test_the_command_prints_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--folder", str(FOLDER)], model=Listener()) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == len(MAILS)
    row = next(row for row in rows if "utf8_claims_latin1" in row)
    assert row.split() == ["person", "-", "utf8_claims_latin1.eml", "averia", *"fuera/averia is out_of_scope,".split()] + (
        "best entry 1.3 with 4% (pantalla)".split()
    )


def test_a_mail_that_cannot_be_read_or_understood_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.eml").mkdir()
    (tmp_path / "b.eml").write_bytes((FOLDER / "nested_multiparts.eml").read_bytes())
    (tmp_path / "c.eml").write_bytes((FOLDER / "two_needs.eml").read_bytes())
    asked = "fuera/averia is out_of_scope, best entry 1.3 with 4% (pantalla)"
    lines = list(triage(sorted(tmp_path.iterdir()), Listener(), RULES))
    assert [(line["decision"], line["why"]) for line in lines] == [
        ("person", "the mail is damaged: the file cannot be read: Is a directory; " + asked),
        ("person", "triage failed: ZeroDivisionError"),
        ("reply", "1.6 answers with 97%, risk low (llega, correo)"),
    ]


def test_a_folder_that_is_not_there_is_named_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "nada"
    assert main(["--folder", str(missing)]) == 2
    expected = f"a folder of .eml files or a Maildir, got {missing}: No such file or directory"
    assert capsys.readouterr().err == f"--folder: expected {expected}\n"


def test_without_a_model_one_line_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    assert main(["--folder", str(FOLDER)]) == 2
    assert "does not exist: run `make train`" in capsys.readouterr().err
