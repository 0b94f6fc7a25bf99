"""Every flow of the self-service table in the whole product, by keyboard alone and by touch alone."""

import re
from dataclasses import dataclass

import pytest
from conftest import Product, needs_chromium
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from talk import wait_for_mails
from webchat_fakes import PNG
from widget_parts import PHONE, assert_accessible

pytestmark = needs_chromium

_FOCUSED = """() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node.ariaLabel ?? node.textContent;
}"""
_FAR = 40  # places to go through until a customer gives up
PATIENCE = 20_000  # milliseconds: the whole product answers, on a machine that may be busy
ATTACH = "Adjuntar una captura"

SERVED = "[Sí]", "Me alegro"
SENT = "[Sí, enviar]", "Hecho"
OPENED = "[Sí, enviar]", "He abierto la solicitud"
TO_ANA = "[Sí, por favor]", "¿Con qué dirección", "ana@example.com", "¿Es correcto?", *SENT

# Each row of the table: what the customer does and what is to be read then, in turns; [what is pressed].
FLOWS = {
    "1.1": ("¿por qué tengo que registrarme?", "1.1", *SERVED),
    "1.3": (
        *("no puedo enviar mi registro", "¿Qué le rechaza", "[El número de serie]", "¿Qué número de serie"),
        *("AB123Z", "¿A qué dirección", "ana@example.com", "AB123Z", *OPENED),
    ),
    "1.3 in use": (
        *("no puedo enviar mi registro", "¿Qué le rechaza", "[El correo: dice que ya existe]", "¿Con qué dirección"),
        *("ana@example.com", "¿Es correcto?", *SENT),
    ),
    "1.4": ("¿cuál es mi número de serie?", "1.4", "AB123Z", "tiene la forma de un número de serie", *SERVED),
    "1.6": (
        *("no he recibido ningún correo de confirmación", "1.6", *TO_ANA),
        *("[No me llega]", "¿Quiere que abra", "[Sí, por favor]", "ana@example.com", *OPENED),
    ),
    "1.7": (
        *("el vínculo para confirmar mi dirección de correo no funciona", "1.7", *TO_ANA),
        *("[No me llega]", "¿Quiere que abra", "[Sí, por favor]", "o adjunte una captura", f"[{ATTACH}]", "captura adjunta"),
        *OPENED,
    ),
    "1.8": (
        *("mi registro no ha sido aprobado", "1.8", "[Sí, por favor]", "¿Con qué dirección"),
        *("ana@example.com", "¿Es urgente?", "[Sí, es urgente]", "Urgente: sí", *OPENED),
    ),
    "2.1": ("he olvidado mi contraseña", "2.1", *TO_ANA, "[Me ha llegado]", "Me alegro"),
    "2.3": (
        *("no recuerdo ni mi correo ni mi usuario", "2.3", "[Sí, por favor]", "¿Cuál es su nombre"),
        *("Ana Ruiz", "¿De qué empresa", "Acme", "¿A qué dirección"),
        *("ana@example.com", "¿Es correcto?", *OPENED),
    ),
    "2.4": (
        *("no tengo acceso a mi dirección de correo electrónico registrada", "2.4", "[Sí, por favor]", "nombre de usuario"),
        *("jperez", "nueva dirección", "nuevo@example.com", "jperez", *OPENED),
    ),
    "2.5": (
        *("no he recibido ningún correo de restablecimiento de contraseña", "2.5", *TO_ANA),
        *("[No me llega]", "contraseña provisional", "[Sí, por favor]", "¿Es correcto?", *OPENED),
    ),
    "2.6": (
        *("el vínculo de restablecer la contraseña no funciona", "2.6", *TO_ANA),
        *("el vínculo de restablecer la contraseña tampoco funciona", "¿Quiere que abra", "[Sí, por favor]"),
        *("o adjunte una captura", f"[{ATTACH}]", "captura adjunta", *OPENED),
    ),
}


@dataclass
class Customer:
    """Somebody with a keyboard and nothing else."""

    page: Page

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    def press(self, name: str) -> None:
        """Go to what has this name, and press Enter; backwards from the input, which is the last but one."""
        expect(self.page.get_by_role("button", name=name, exact=True).first).to_be_attached(timeout=PATIENCE)
        key = "Shift+Tab" if self._is_at("Escriba su pregunta") else "Tab"
        for _ in range(_FAR):
            if self._is_at(name):
                return self.page.keyboard.press("Enter")
            self.page.keyboard.press(key)
        raise AssertionError(f"{name} is out of reach")

    def write(self, text: str) -> None:
        expect(self.panel.get_by_role("textbox")).to_be_visible(timeout=PATIENCE)
        for _ in range(_FAR):
            if self._is_at("Escriba su pregunta"):
                self.page.keyboard.type(text)
                return self.page.keyboard.press("Enter")
            self.page.keyboard.press("Tab")
        raise AssertionError("the input is out of reach")

    def _is_at(self, name: str) -> bool:
        return bool(self.page.evaluate(_FOCUSED) == name)


class Toucher(Customer):
    """Somebody with a phone."""

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).tap()

    def write(self, text: str) -> None:
        self.panel.get_by_role("textbox").tap()
        self.page.keyboard.insert_text(text)
        self.press("Enviar")


def answer(customer: Customer, turns: int) -> str:
    """The assistant's words in the last of so many turns."""
    turn = customer.panel.locator(".turn").nth(turns - 1)
    expect(turn.locator(".bubble:not(.own)").first).to_be_attached(timeout=PATIENCE)
    return turn.inner_text()


def walk(customer: Customer, steps: tuple[str, ...]) -> str:
    """What is said at the end of these steps."""
    said = ""
    for turns, (step, expected) in enumerate(zip(steps[::2], steps[1::2]), start=1):
        if step == f"[{ATTACH}]":
            with customer.page.expect_file_chooser() as chooser:
                customer.press(ATTACH)
            chooser.value.set_files([{"name": "error.png", "mimeType": "image/png", "buffer": PNG}])
        elif step.startswith("["):
            customer.press(step.strip("[]"))
        else:
            customer.write(step)
        said = answer(customer, turns)
        assert expected in said, (step, expected, said)
    return said


DESKTOP: ViewportSize = {"width": 1280, "height": 800}


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("by", [Customer, Toucher], ids=["keyboard", "touch"])
def test_every_flow_of_self_service(product: Product, browser: Browser, by: type[Customer], screen: ViewportSize) -> None:
    touched = by is Toucher
    with browser.new_context(
        reduced_motion="reduce", viewport=screen, has_touch=touched, is_mobile=touched and screen == PHONE
    ) as context:
        customer = by(context.new_page())
        customer.page.goto(product.web)
        customer.press("Pregúntenos")
        for steps in FLOWS.values():
            said = walk(customer, steps)
            if ATTACH in str(steps):
                [number] = re.findall(r"V-\d{4}-\d{6}", said)
                [ticket] = wait_for_mails(product, "customer.care@example.com", 1, about=number)
                assert "error.png" in ticket["attachments"]
            customer.press("Borrar la conversación")
            customer.press("Borrar")
            expect(customer.panel.locator(".turn")).to_have_count(0)
        assert_accessible(customer.page)
