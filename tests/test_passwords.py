from pathlib import Path

import pytest

from bot import faq
from passwords import without_passwords

MASK = "••••••"


@pytest.mark.parametrize(
    "text",
    [
        "mi contraseña es Gato.123 y no entra",
        "la clave es gatito",
        "pass: Gato",
        "mi contraseña del portal es Gato99",
        "usuario jperez, contraseña=abc123.",
        "MI CONTRASEÑA ACTUAL ES 12345678",
        'el password es "mi gato negro"',
        "no puedo entrar con mi usuario ana y contraseña Abc123",
        "mi contraseña nueva: Abc123",
        "mi pin 12345678 no va",
        "Xk9$mmPq2",
        "la clave del correo es Gato99",
        "mi contraseña de usuario es abc123",
        "la contraseña para mi cuenta es Abc123",
        "mi correo es ana@example.com mi contraseña es abc123",
        "olvidé mi clave la contraseña era Gato99",
    ],
)
def test_a_password_is_taken_out_and_nothing_else(text: str) -> None:
    hidden, found = without_passwords(text, MASK)
    before, after = hidden.split(MASK)
    assert found
    assert text.startswith(before)
    assert text.endswith(after)
    assert not {"gato", "gatito", "abc123", "12345678"} & set(hidden.lower().replace(".", " ").split())


@pytest.mark.parametrize(
    "text",
    [
        "mi contraseña es incorrecta",
        "la clave es muy corta",
        "¿la contraseña es la misma?",
        "contraseña",
        "olvidé mi clave ana22@example.com",
        "soy Ana.Lopez22@example.com",
        "olvide mi contraseña mi correo es ana@example.com",
        "olvide mi contraseña y es ana@example.com",
        "perdi mi clave y mi usuario es pedro77",
        "no me llega el correo de recuperar la clave mi correo es ana@example.com",
        "no recuerdo la contraseña el mail es ana@example.com",
        "la clave no entra y el número de serie es AB123Z",
        "perdí mi clave mi empresa es Acme",
        "el enlace https://example.com/A1b?x no abre",
    ],
)
def test_words_about_a_password_stay(text: str) -> None:
    assert without_passwords(text, MASK) == (text, False)


def test_hardly_a_message_of_the_folder_is_taken_to_hold_one() -> None:
    texts = [example.text for example in faq.load(Path(__file__).parent.parent / "data" / "faq_es").examples]
    assert sum(without_passwords(text, MASK)[1] for text in texts) <= len(texts) / 1500
