"""The page as a browser shows and prints it. Needs Chromium; without it these tests are skipped.

``HCRISK_REQUIRE_BROWSER=1`` turns the skips into failures.
"""

import json
import os
import re
import shutil
import subprocess
from html import escape, unescape

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DARK, LIGHT = 0, 1
# Where the browser itself looks for its updates.
OF_THE_BROWSER = (".google.com", ".googleapis.com", ".gvt1.com")
# What the page measures of itself once it is laid out.
PROBE = """<script>
const room = document.documentElement.clientWidth;
const beyond = [...document.body.querySelectorAll("*")].filter(
  one => !one.closest(".scroll") && !one.closest("svg")
    && one.getBoundingClientRect().right > room + 1).map(one => one.outerHTML.slice(0, 80));
const shown = name => [...document.querySelectorAll("figure ." + name)].filter(
  one => one.getBoundingClientRect().height > 50).length;
const labels = [...document.querySelectorAll("figure svg text")].filter(
  one => one.getBoundingClientRect().height > 0);
document.body.dataset.probe = JSON.stringify({
  room, needed: document.documentElement.scrollWidth, beyond,
  wide: shown("wide"), narrow: shown("narrow"), figures: document.querySelectorAll("figure").length,
  ground: getComputedStyle(document.body).backgroundColor,
  ink: getComputedStyle(document.querySelector("figure svg")).fill,
  clipped: labels.filter(one => {
    const own = one.getBoundingClientRect(), frame = one.closest("svg").getBoundingClientRect();
    return own.left < frame.left - 8 || own.right > frame.right + 8;
  }).map(one => one.textContent),
});
</script></body>"""
FRAME = """<!DOCTYPE html><html style="color-scheme: light dark"><link rel="icon" href="data:,">
<body><iframe width="WIDTH" height="800" style="border: 0" srcdoc="PAGE"></iframe><script>
const frame = document.querySelector("iframe");
frame.onload = () => { document.body.dataset.probe = frame.contentDocument.body.dataset.probe; };
</script></body></html>"""


@pytest.fixture(scope="module")
def browser():
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        reason = f"no browser found: none of {', '.join(NAMES)} is on PATH; install chromium"
        if os.environ.get("HCRISK_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture
def open_page(browser, tmp_path):
    def open_page(page, *options):
        """Return what the browser printed, and what it complained of or asked the network for."""
        file, net = tmp_path / "page.html", tmp_path / "net.json"
        file.write_text(page, encoding="utf-8")
        command = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr",
            "--host-resolver-rules=MAP * ~NOTFOUND", f"--log-net-log={net}", *options,
            file.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=True
        )
        said = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
        asked = re.findall(r'"url":"((?:https?|wss?|ftp)://([^/":]+)[^"]*)"', net.read_text())
        said += sorted({url for url, host in asked if not host.endswith(OF_THE_BROWSER)})
        return done.stdout, said

    return open_page


@pytest.fixture
def probed(open_page, page):
    def probed(width, scheme=LIGHT):
        # A window has a least width, a frame has none.
        inner = escape(page.replace("</body>", PROBE))
        outer = FRAME.replace("WIDTH", str(width)).replace("PAGE", inner)
        options = "--window-size=1200,900", f"--blink-settings=preferredColorScheme={scheme}"
        text, said = open_page(outer, "--dump-dom", *options)
        found = re.search(r'data-probe="([^"]*)"', text)
        return json.loads(unescape(found[1])), said

    return probed


def test_a_page_that_loads_something_is_found_out(open_page):
    page = "<!DOCTYPE html><img src='https://a.invalid/x.png'><script>console.error(1)</script>"
    _, said = open_page(page, "--dump-dom")
    assert len(said) == 2
    assert said[1] == "https://a.invalid/x.png"


def test_it_opens_without_network_or_complaint(open_page, page):
    text, said = open_page(page, "--dump-dom")
    assert said == []
    assert text.count("<h2") == page.count("<h2")
    assert text.count("</svg>") == 12


@pytest.mark.parametrize(("width", "form"), [(1100, "wide"), (390, "narrow")])
def test_nothing_sticks_out(probed, width, form):
    found, said = probed(width)
    assert said == []
    assert found["room"] == width
    assert found["needed"] <= width
    assert found["beyond"] == found["clipped"] == []
    other = "narrow" if form == "wide" else "wide"
    assert (found[form], found[other]) == (found["figures"], 0) == (6, 0)


def test_it_follows_light_and_dark(probed):
    light, dark = probed(1100)[0], probed(1100, DARK)[0]
    assert (light["ground"], light["ink"]) == ("rgb(255, 255, 255)", "rgb(27, 31, 36)")
    assert (dark["ground"], dark["ink"]) == ("rgb(21, 24, 28)", "rgb(233, 236, 239)")


@pytest.mark.parametrize(("paper", "points"), [("A4", (595, 842)), ("letter", (612, 792))])
def test_it_prints(open_page, page, tmp_path, paper, points):
    file = tmp_path / "page.pdf"
    sized = page.replace("</style>", f"@page {{ size: {paper}; }}</style>", 1)
    _, said = open_page(sized, f"--print-to-pdf={file}", "--no-pdf-header-footer")
    assert said == []
    printed = file.read_bytes()
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", printed)
    assert {tuple(round(float(side)) for side in box) for box in boxes} == {points}
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    # A dozen for the report itself, the rest for six hundred numbers and their sources.
    assert 15 <= pages <= 45
