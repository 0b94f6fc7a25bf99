"""What a chat costs the page it stands on, beside its peers from npm, in one run: `make benchmark-widget`.

Each is loaded, not opened, on the same page, as its README says. Main-thread time is Chromium's TaskDuration in ticks of
its thread, under a CPU slowed down four times, less that of the page alone. Figures are medians of rounds that load all.
Without npm or its registry only ours is measured.
"""

import dataclasses
import gzip
import shutil
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from settings import or_exit
from webchat import create_app

CHROMIUM = "/usr/bin/chromium"
RUNS = 7
ALONE = "none"
NAMES = {"ventanilla": "Ventanilla", "rasa": "rasa-webchat 1.0.1", "botpress": "Botpress webchat 4.5.2"}
SLOWER = 4
SETTLED = 2500  # milliseconds after the page has loaded
PACKAGES = ["rasa-webchat@1.0.1", "@botpress/webchat@4.5.2", "react@19", "react-dom@19", "esbuild@0.25"]
ENTRY = """
import { Fab, Webchat } from "@botpress/webchat";
import { createElement as h, useState } from "react";
import { createRoot } from "react-dom/client";
function App() {
  const [isOpen, setIsOpen] = useState(false);
  const place = { position: "fixed", right: 20 };
  return h("div", {},
    h(Webchat, { clientId: "none", style: { ...place, width: 400, height: 600, bottom: 90, display: isOpen ? "flex" : "none" } }),
    h(Fab, { onClick: () => setIsOpen(!isOpen), style: { ...place, bottom: 20, width: 64, height: 64 } }));
}
createRoot(document.body.appendChild(document.createElement("div"))).render(h(App));
"""
OURS = '<script type="module" src="{server}ventanilla.js"></script><ventanilla-chat></ventanilla-chat>'
RASA = '<script src="/rasa.js"></script><script>WebChat.default({socketUrl: "/none", title: "Chat"}, null)</script>'
BOTPRESS = '<script src="/botpress.js"></script>'
TEXT = "<p>Revise su buzón de correo no deseado para ver si el correo de confirmación ha acabado allí.</p>" * 40
PAGE = '<!doctype html><html lang="es"><meta charset="utf-8"><title>Ayuda</title><h1>Ayuda</h1>' + TEXT
SHIFTS = """new Promise(done => {
    new PerformanceObserver(list => done(list.getEntries().reduce((sum, {value}) => sum + value, 0)))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(0), 300);
})"""


@dataclass(frozen=True)
class Cost:
    """What one load cost: bytes over the network, seconds of the main thread, the score of all layout shifts."""

    size: int
    busy: float
    shift: float


class Quiet(WSGIRequestHandler):
    """Says nothing of requests."""

    def log_request(self, *_: Any) -> None:
        """Nothing."""


def serve(app: Callable[..., Iterable[bytes]]) -> str:
    """The address of the app, served until the process ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.port}/"


def site(files: dict[str, bytes], pages: dict[str, str]) -> Callable[..., Iterable[bytes]]:
    """A site with these pages, and these scripts in gzip."""

    @Request.application
    def app(request: Request) -> Response:
        name = request.path.strip("/")
        if name in files:
            packed = gzip.compress(files[name])
            return Response(packed, mimetype="text/javascript", headers={"Content-Encoding": "gzip"})
        return Response(PAGE + pages[name], mimetype="text/html") if name in pages else Response(status=404)

    return app


def peers(folder: Path) -> dict[str, bytes]:
    """The scripts of the peers as their users serve them; none where they cannot be had."""
    if not shutil.which("npm"):
        print("npm is not installed: only ours is measured.")
        return {}
    quiet = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps"]
    (folder / "package.json").write_text("{}")
    (folder / "botpress.js").write_text(ENTRY)
    bundle = ["node_modules/.bin/esbuild", "botpress.js", "--bundle", "--minify", "--outfile=out.js", "--log-level=error"]
    try:
        subprocess.run(["npm", "install", *quiet, *PACKAGES], cwd=folder, check=True, timeout=300)
        subprocess.run([*bundle, '--define:process.env.NODE_ENV="production"'], cwd=folder, check=True, timeout=120)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"The peers cannot be had from npm ({type(error).__name__}): only ours is measured.")
        return {}
    rasa = folder / "node_modules/rasa-webchat/lib/index.js"
    return {"rasa.js": rasa.read_bytes(), "botpress.js": (folder / "out.js").read_bytes()}


def cost(browser: Browser, url: str) -> Cost:
    """What one load of the page costs with an empty cache."""
    with browser.new_context() as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        sizes: list[int] = []
        session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
        session.send("Network.enable")
        session.send("Performance.enable", {"timeDomain": "threadTicks"})  # the thread's own time, whatever else runs here
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(url, wait_until="load")
        page.wait_for_timeout(SETTLED)
        return Cost(sum(sizes), busy(session), page.evaluate(SHIFTS))


def busy(session: CDPSession) -> float:
    """The seconds that the main thread has worked."""
    metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"])


def medians(browser: Browser, server: str, pages: Iterable[str]) -> dict[str, Cost]:
    """What each adds to the page alone: the medians of several rounds, each of which loads all, so that all share its weather."""
    rounds = [{page: cost(browser, server + page) for page in pages} for _ in range(RUNS)]
    return {page: Cost(*map(statistics.median, zip(*(_added(round_, page) for round_ in rounds)))) for page in rounds[0]}


def _added(round_: dict[str, Cost], page: str) -> tuple[int, float, float]:
    alone, found = round_[ALONE], round_[page]
    return found.size - alone.size, found.busy - alone.busy, found.shift


def panel_size(app: Any) -> int:
    """The bytes that the panel adds when it is opened, in gzip."""
    client = app.test_client()
    names = {path.name for path in Path(app.root_path, "widget/static").iterdir()} - {"ventanilla.js", "nodes.js"}
    return sum(len(client.get(f"/widget/x/{name}", headers={"Accept-Encoding": "gzip"}).data) for name in names)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        database = f"sqlite:///{folder}/desk.db"
        app = create_app(dataclasses.replace(or_exit(), secret_key="benchmark", database_url=database))  # noqa: S106
        files = peers(Path(folder))
        pages = {ALONE: "", "ventanilla": OURS.format(server=serve(app)), "rasa": RASA, "botpress": BOTPRESS}
        server = serve(site(files, pages))
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        cost(browser, server + ALONE)  # Chromium itself warms up
        loaded = [page for page in pages if page in (ALONE, "ventanilla") or f"{page}.js" in files]
        print(f"| chat | loaded (gzip) | main thread at load, CPU {SLOWER}x slower | layout shift |\n| --- | --- | --- | --- |")
        for page, added in medians(browser, server, loaded).items():
            if page != ALONE:
                print(f"| {NAMES[page]} | {added.size / 1024:.1f} KB | {added.busy * 1000:.0f} ms | {added.shift:.3f} |")
        print(f"Ventanilla's panel, when it is opened: {panel_size(app) / 1024:.1f} KB. Medians of {RUNS} rounds.")
        browser.close()


if __name__ == "__main__":
    main()
