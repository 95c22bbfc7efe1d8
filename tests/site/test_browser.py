"""The pages in a real Chromium: what a reader does with them, on a screen, by keyboard, on paper, without script.

Needs a Chromium (`apt-get install chromium`, or `CHROMIUM=/path`); without one these tests are skipped, but not where
the environment says CI=true: there a missing browser is a failure.
"""

import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.build.preview import Live, start
from generator.pages import html_page
from generator.pages.markdown_page import markdown
from generator.shipped import TEMPLATES, Templates
from generator.spec.grammar import Author
from generator.text import Text
from tests.fixtures.hostile import HOST, RAW, hostile
from tests.fixtures.report_fixture import LANGUAGES, Told, built, measured, questions, whole

FOLDERS = (*LANGUAGES, "both")
PATHS = ("index.html", *(f"{folder}/index.html" for folder in FOLDERS))
SINGLE = ("report.en.single.html", "report.single.html")  # each holds all that it shows
READ = (*PATHS[1:], *SINGLE)
LOAD_WHAT_IS_NEAR = """Promise.all([...document.images]
  .filter(image => image.offsetParent && image.getBoundingClientRect().top < 2 * innerHeight)
  .map(image => image.decode().catch(() => 0)))"""
NO_POLICY = re.compile(r"<meta http-equiv=.Content-Security-Policy.*")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def chromium() -> str:
    """Where the browser is; skips or fails without one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), "")
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("no Chromium, and CI=true: install chromium")
    pytest.skip("no Chromium: apt-get install chromium, or set CHROMIUM")


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    executable = chromium()
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The report of the fixture as the build lays it out, two folders down: a sub-path."""
    root = tmp_path_factory.mktemp("www") / "some" / "where"
    page = measured()
    texts = {f"{language}/index.html": html_page.html(page, language) for language in LANGUAGES}
    texts |= {"index.html": html_page.html(page, "zh-Hant", "")}
    texts |= {"both/index.html": html_page.side_by_side(page)}
    pictures = {p.name: p.data for figure in built().values() for p in figure.drawing.pictures}
    held = {f"figures/{name}": data for name, data in pictures.items()}
    shown = (("en",), LANGUAGES)
    texts |= {name: html_page.single(page, one, held) for name, one in zip(SINGLE, shown, strict=True)}
    for folder in (*FOLDERS, "figures"):
        (root / folder).mkdir(parents=True)
    for name, text in texts.items():
        (root / name).write_text(text, encoding="utf-8")
    for name, data in pictures.items():
        (root / "figures" / name).write_bytes(data)
    return root


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments) -> None:
        """Nothing on the terminal of the tests."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a folder is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    """The site behind a server, below a sub-path."""
    with served(site.parent.parent) as root:
        yield f"{root}/some/where"


@pytest.fixture(scope="module")
def default(default_site) -> Iterator[str]:
    """The default report behind a server."""
    with served(default_site) as root:
        yield root


@pytest.fixture
def open_page(browser, address):
    """Opens a page of the site in a fresh profile; afterwards the console has to be empty."""
    contexts, complaints, requests = [], [], []

    def opened(path: str = "en/index.html", base: str = address, **options):
        options = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"} | options
        context = browser.new_context(**options)
        contexts.append(context)
        shown = context.new_page()
        shown.on("console", lambda message: complaints.append(message.text))
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("request", lambda request: requests.append(request.url))
        shown.goto(f"{base}/{path}")
        return shown

    opened.requests = requests
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(params=["en/index.html", SINGLE[0]])
def read(open_page, request):
    """Opens the report in English, a page of the site and the one file in turn."""
    return partial(open_page, request.param)


def load_all_pictures(shown) -> None:
    """Also those below the fold; returns when each has come, or has failed to."""
    shown.evaluate(
        "Promise.all([...document.images].map(image => {"
        " image.loading = 'eager'; return image.decode().catch(() => 0) }))"
    )


def says(locator, pattern: str) -> None:
    """Waits until the words of an element match: values are unpacked a moment after they are asked for."""
    from playwright.sync_api import expect

    expect(locator).to_have_text(re.compile(pattern))


def sideways(shown) -> int:
    """How far the page is wider than the window."""
    return shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


class TestPlaces:
    """Where the pages can lie."""

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("kind", ["server", "disk"])
    def test_every_picture_appears(self, open_page, site, address, path, kind):
        """From a sub-path of a server and from a disk, with no request to anywhere else."""
        base = address if kind == "server" else site.as_uri()
        shown = open_page(path, base)
        load_all_pictures(shown)
        broken = shown.evaluate("[...document.images].filter(image => !image.naturalWidth).map(image => image.src)")
        assert broken == []
        assert [url for url in open_page.requests if not url.startswith((base, "data:"))] == []

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, {"width": 390, "height": 800}])
    def test_the_first_view_is_small(self, open_page, default, path, viewport):
        """Pictures far below the fold wait: the default report's text and first pictures stay under 300 kB."""
        shown = open_page(path, default, viewport=viewport)
        shown.evaluate(LOAD_WHAT_IS_NEAR)
        sizes = shown.evaluate(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            ".map(entry => entry.encodedBodySize)"
        )
        assert 1 < len(sizes) < shown.evaluate("document.images.length")
        assert 20_000 < sum(sizes) < 300_000

    @pytest.mark.parametrize("name", SINGLE)
    def test_one_file_is_enough(self, open_page, site, tmp_path, name):
        """Mailed, it lies alone in a folder: every picture is in it, and no link leads to what is not there."""
        shutil.copy(site / name, tmp_path / "mailed.html")
        shown = open_page("mailed.html", tmp_path.as_uri())
        load_all_pictures(shown)
        assert shown.evaluate("[...document.images].filter(image => !image.naturalWidth).length") == 0
        assert shown.evaluate("document.images.length") > 50
        assert {url.split(":")[0] for url in open_page.requests[1:]} <= {"data"}
        outside = "[...document.links].map(link => link.getAttribute('href')).filter(href => !href.startsWith('#'))"
        assert shown.evaluate(outside) == []

    def test_nothing_jumps_while_pictures_load(self, open_page):
        """Every picture has its place before it is there."""
        shown = open_page()
        before = shown.evaluate("document.documentElement.scrollHeight")
        load_all_pictures(shown)
        assert abs(shown.evaluate("document.documentElement.scrollHeight") - before) <= 2


class TestLanguages:
    """The switch."""

    def test_the_switch_keeps_the_place(self, open_page):
        """Reading the third question, one lands at the third question."""
        shown = open_page("en/index.html")
        shown.evaluate("document.querySelector('#q-lime').scrollIntoView()")
        shown.click("a[data-switch][hreflang='zh-Hant']")
        shown.wait_for_url("**/zh-Hant/index.html#*")
        assert "lime" in shown.evaluate("location.hash")
        assert abs(shown.evaluate("document.querySelector('#q-lime').getBoundingClientRect().top")) < 400

    def test_the_switch_names_languages_in_their_own_script(self, open_page):
        """繁體中文 on the English page, in its own language."""
        shown = open_page("en/index.html")
        assert shown.locator("a[data-switch][lang='zh-Hant']").inner_text() == "繁體中文"

    def test_the_choice_is_remembered(self, open_page):
        """The root opens in the language that was chosen last."""
        shown = open_page("zh-Hant/index.html")
        shown.click("a[data-switch][hreflang='en']")
        shown.wait_for_url("**/en/index.html")
        shown.goto(shown.url.replace("en/index.html", "index.html"))
        shown.wait_for_url("**/en/index.html")

    def test_a_reference_leads_to_its_figure(self, open_page):
        """From the prose to the figure."""
        shown = open_page("en/index.html")
        shown.locator(".prose a[href='#fig-saliency']").first.click()
        assert abs(shown.evaluate("document.querySelector('#fig-saliency').getBoundingClientRect().top")) < 120


class TestFigures:
    """Looking at an attribution."""

    def test_the_slider_changes_the_opacity_of_its_figure(self, read):
        """70 % at first, what one chooses then, and said aloud."""
        shown = read()
        veil = shown.locator("#fig-saliency .stack img + img").first
        assert veil.evaluate("image => getComputedStyle(image).opacity") == "0.7"
        slider = shown.locator("#fig-saliency input[type=range]")
        slider.focus()
        shown.keyboard.press("Home")
        assert veil.evaluate("image => getComputedStyle(image).opacity") == "0"
        assert slider.get_attribute("aria-valuetext") == "0 per cent"
        other = shown.locator("#fig-lime .stack img + img").first
        assert other.evaluate("image => getComputedStyle(image).opacity") == "0.7"

    def test_the_pointer_reads_the_value(self, read):
        """The largest value of the fixture's first map lies on the mouth, 0.99; the corner has none."""
        shown = read()
        shown.locator("#fig-saliency tr[data-values] .zoom[data-role=map]").first.scroll_into_view_if_needed()
        box = shown.locator("#fig-saliency tr[data-values] .zoom[data-role=map]").first.bounding_box()
        output = shown.locator("#fig-saliency output")
        shown.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8)
        says(output, r"^0\.9")
        shown.mouse.move(box["x"] + 2, box["y"] + 2)
        says(output, r"^0 \(")
        shown.mouse.move(0, 0)
        says(output, "^–$")
        assert output.is_visible()

    def test_the_large_view_by_keyboard(self, read):
        """Enter opens it, arrows read values, n goes on, Escape closes it and the focus returns."""
        shown = read()
        link = shown.locator("#fig-saliency .zoom[data-role=overlay]").first
        link.focus()
        shown.keyboard.press("Enter")
        dialog = shown.locator("dialog[open]")
        assert dialog.is_visible()
        assert "Figure 1" in dialog.locator("#view-title").inner_text()
        assert dialog.locator(".stage img").first.evaluate("image => image.width") % 48 == 0
        shown.keyboard.press("ArrowDown")
        says(dialog.locator("output"), "row 26, column 25")
        says(dialog.locator(".words"), "image 100")
        says(dialog.locator(".words"), "Its colours end at .*, 100% of the strongest")
        shown.keyboard.press("n")
        says(dialog.locator(".words"), "Image 101")
        shown.keyboard.press("Escape")
        assert not dialog.is_visible()
        assert shown.evaluate("document.activeElement.matches('#fig-saliency .zoom')")

    def test_the_large_view_by_touch(self, read):
        """A tap opens it, a tap on the picture reads the value, the cross closes it."""
        shown = read(has_touch=True, viewport={"width": 390, "height": 800})
        link = shown.locator("#fig-saliency .zoom[data-role=map]").first
        link.scroll_into_view_if_needed()
        link.tap()
        stage = shown.locator("dialog .stage")
        stage.tap()
        says(shown.locator("dialog output"), r"row \d+")
        close = shown.locator("dialog [data-close]")
        assert close.bounding_box()["width"] >= 44
        close.tap()
        assert not shown.locator("dialog[open]").is_visible()

    def test_a_figure_has_an_address_to_hand_on(self, open_page, address):
        """A click copies it and says so, and what it leads to is that figure, in that language."""
        shown = open_page(permissions=["clipboard-read", "clipboard-write"])
        link = shown.locator("#fig-lime .here")
        assert link.get_attribute("aria-label") == "Copy the link to Figure 4"
        link.click()
        says(link, "^copied$")
        copied = shown.evaluate("navigator.clipboard.readText()")
        assert copied == f"{address}/en/index.html#fig-lime" == shown.url
        says(link, "^#$")

    def test_two_methods_on_the_same_face(self, read):
        """Both pictures are of the image that is chosen."""
        shown = read()
        section = shown.locator("#compare")
        assert section.is_visible()
        section.locator("[data-choice=index]").select_option("103")
        said = section.locator(".faces img:last-child").evaluate_all("all => all.map(image => image.alt)")
        assert len(said) == 2
        assert all("103" in words for words in said)
        assert section.locator(".faces figcaption").all_inner_texts() == ["Figure 1 Saliency map", "Figure 4 LIME"]
        assert section.locator(".faces .strength").count() == 2
        widths = section.locator(".faces figure").evaluate_all("all => all.map(figure => figure.offsetWidth)")
        assert min(widths) >= 240

    def test_a_cell_of_the_matrix_leads_to_its_example(self, read):
        """Fear taken for Neutral stands in the first figure."""
        shown = read()
        shown.locator(".matrix a[href='#row-saliency-0-2']").click()
        assert shown.locator("#row-saliency-0-2 .name").inner_text() == "Fear"
        assert abs(shown.evaluate("document.querySelector('#row-saliency-0-2').getBoundingClientRect().top")) < 120


class TestHostileTexts:
    """Whatever stands in titles, names, captions and answers."""

    def test_no_page_asks_another_host_or_runs_anything(self, browser, site, address):
        """Not even without the policy, which is the second door; nor does what another reader makes of the Markdown."""
        page = hostile(whole())
        pages = {"one.html": html_page.html(page, "en", ""), "both.html": html_page.side_by_side(page, "")}
        pages = {name: re.sub("<meta http-equiv[^>]*>", "", text) for name, text in pages.items()}
        reader = pytest.importorskip("markdown_it").MarkdownIt("commonmark", {"html": True}).enable("table")
        pages["md.html"] = f"<!doctype html><meta charset=utf-8>{reader.render(markdown(page, 'en'))}"
        context, asked = browser.new_context(), []
        context.on("request", lambda request: asked.append(request.url))
        for name, text in pages.items():
            assert "Content-Security-Policy" not in text
            (site / name).write_text(text, encoding="utf-8")
            shown = context.new_page()
            shown.goto(f"{address}/{name}")
            load_all_pictures(shown)
            assert shown.evaluate("'hacked' in window") is False
            leads = shown.evaluate("[...document.querySelectorAll('a[href]')].map(link => link.protocol)")
            assert set(leads) <= {"http:", "https:", "mailto:"}
            assert shown.locator("iframe, object, embed, base, form, [onerror]").count() == 0
        context.close()
        assert asked
        assert [url for url in asked if not url.startswith((address, "data:"))] == []

    def test_the_policy_would_stop_it(self, browser, site, address):
        """Every page has one: pictures, styles, scripts, frames and calls of another host are refused."""
        (site / "policy.html").write_text(
            html_page.html(whole(), "en", "").replace("</body>", "".join(RAW) + "</body>"), encoding="utf-8"
        )
        context, asked, refused = browser.new_context(), set(), set()
        context.on("request", lambda request: asked.add(request.url))
        context.on("requestfailed", lambda request: refused.add(request.url) if request.failure == "csp" else None)
        shown = context.new_page()
        shown.goto(f"{address}/policy.html")
        shown.evaluate("fetch('//evil.example/x').catch(() => 0)")
        assert shown.evaluate("'hacked' in window") is False
        context.close()
        assert {url for url in asked if HOST in url} <= refused
        assert refused


class TestWays:
    """Without script, in the dark, on a phone, on paper."""

    @pytest.mark.parametrize("path", READ)
    def test_without_script_everything_is_read(self, open_page, path):
        """Overlays at 70 %, no dead buttons, the large picture behind a link."""
        shown = open_page(path, java_script_enabled=False)
        assert shown.locator("#theme").is_hidden()
        assert shown.locator("#fig-saliency input").is_hidden()
        assert shown.locator("#compare").is_hidden()
        assert shown.locator("#fig-saliency .stack").first.is_visible()
        assert (
            shown.locator("#fig-saliency .zoom")
            .first.get_attribute("href")
            .endswith("#view" if path in SINGLE else ".png")
        )
        shown.locator(".card summary").first.click()
        assert shown.locator(".card dl").first.is_visible()

    def test_dark_follows_the_system_and_the_button(self, read):
        """The system decides until the reader does, and his choice stays."""
        shown = read(color_scheme="dark")

        def ground() -> str:
            return shown.evaluate("getComputedStyle(document.documentElement).backgroundColor")

        assert ground() == "rgb(21, 23, 26)"
        shown.click("#theme")
        assert ground() == "rgb(252, 252, 250)"
        shown.reload()
        assert ground() == "rgb(252, 252, 250)"
        shown.click("#theme")
        assert ground() == "rgb(21, 23, 26)"

    @pytest.mark.parametrize("path", READ)
    def test_no_page_scrolls_sideways(self, open_page, path):
        """From the smallest phone to a wide screen."""
        shown = open_page(path)
        for width in (320, 480, 700, 1024, 1280, 1900):
            shown.set_viewport_size({"width": width, "height": 700})
            assert sideways(shown) == 0, width

    @pytest.mark.parametrize("width", [320, 1400])
    def test_words_without_an_end_stay_on_the_page(self, open_page, site, width):
        """A word of 4,000 letters in every text of the spec is broken where the page ends."""
        long = Text.of("w" * 4000)
        answers = dict.fromkeys(("saliency", "filters", "lime"), long)
        author = Author.model_construct(student_id=Text(), department=Text(), name=long)
        hostile = Told(long, author, questions(answers))
        page = whole(hostile)
        texts = {"one.html": html_page.html(page, "en", ""), "two.html": html_page.side_by_side(page, "")}
        for name, text in texts.items():
            (site / name).write_text(text, encoding="utf-8")
            shown = open_page(name, viewport={"width": width, "height": 700})
            assert sideways(shown) == 0, name

    def test_a_row_stands_above_its_pictures_on_a_phone(self, read):
        """Three pictures of 96 pixels fit 320."""
        shown = read(viewport={"width": 320, "height": 700})
        widths = shown.locator("#row-saliency-0-0 .zoom").evaluate_all("all => all.map(link => link.offsetWidth)")
        assert widths == [96, 96, 96]
        name = shown.locator("#row-saliency-0-0 .name").bounding_box()
        picture = shown.locator("#row-saliency-0-0 .zoom").first.bounding_box()
        assert name["y"] + name["height"] <= picture["y"]

    @pytest.mark.parametrize("viewport", [{"width": 1265, "height": 900}, {"width": 1280, "height": 900}])
    @pytest.mark.parametrize("path", READ)
    def test_rows_use_the_width(self, open_page, path, viewport):
        """Two beside each other with pictures of 144 pixels, what the colours mean in the place left by the seventh."""
        shown = open_page(path, viewport=viewport)
        boxes = shown.evaluate(
            "[...document.querySelectorAll('#fig-saliency tbody, #fig-saliency .key')]"
            ".map(part => part.getBoundingClientRect()).map(box => [box.x, box.y, box.width])"
        )
        (left, top, width), (beside, level, _) = boxes[:2]
        assert level == top
        assert beside >= left + width
        assert boxes[7][:2] == [beside, boxes[6][1]]
        whole = shown.evaluate("document.querySelector('#fig-saliency').getBoundingClientRect().width")
        assert 2 * width >= 0.95 * whole
        pictures = shown.locator("#fig-saliency .zoom").evaluate_all("all => all.map(link => link.offsetWidth)")
        assert set(pictures) == {144}

    def test_what_a_column_shows_stands_above_its_first_pictures(self, read):
        """Above those of both rows that stand beside each other, above the first alone where they stand below it."""
        shown = read(viewport={"width": 1280, "height": 900})
        said = (
            "[...document.querySelectorAll('#fig-saliency td')].map(cell => getComputedStyle(cell, '::before').content)"
            ".filter(text => text !== 'none')"
        )
        assert shown.evaluate(said) == ['"Image"', '"Map"', '"Overlay"'] * 2
        shown.set_viewport_size({"width": 700, "height": 900})
        assert shown.evaluate(said) == ['"Image"', '"Map"', '"Overlay"']

    def test_text_may_be_twice_as_large(self, read):
        """At 200 % of the text nothing is cut off sideways (WCAG 1.4.4)."""
        shown = read(viewport={"width": 1280, "height": 900})
        shown.evaluate("document.documentElement.style.fontSize = '200%'")
        assert sideways(shown) == 0

    def test_on_paper_what_is_folded_is_open(self, read):
        """Cards are printed whole, controls are not."""
        shown = read(color_scheme="dark")
        shown.emulate_media(media="print")
        assert shown.locator(".card dl").first.evaluate("list => list.getBoundingClientRect().height") > 20
        assert shown.locator(".bar").is_hidden()
        assert shown.locator("#fig-saliency .tools").is_hidden()
        assert shown.evaluate("getComputedStyle(document.body).color") == "rgb(27, 30, 34)"

    def test_it_prints(self, read):
        """A PDF of a few pages, with the pictures in it."""
        shown = read()
        load_all_pictures(shown)
        printed = shown.pdf(prefer_css_page_size=True, print_background=True)
        assert printed.startswith(b"%PDF")
        assert (
            3 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type /Page/") <= 20
        )


class TestScripts:
    """How the two scripts are set."""

    def test_chinese_and_latin_keep_a_distance_and_lines_end_well(self, open_page):
        """`text-autospace` and strict line breaks."""
        shown = open_page("zh-Hant/index.html")
        style = shown.evaluate(
            "(() => { const s = getComputedStyle(document.querySelector('.prose p'));"
            " return [s.textAutospace, s.lineBreak] })()"
        )
        assert style == ["normal", "strict"]

    def test_emphasis_suits_the_script(self, open_page):
        """Dots in Chinese, italics in English, on the page with both too."""
        shown = open_page("both/index.html")
        styles = shown.evaluate(
            "['zh-Hant', 'en'].map(tag => { const s = getComputedStyle(document.querySelector(`[lang=${tag}] .prose em,"
            " [lang=${tag}].prose em`)); return [s.fontStyle, s.textEmphasisStyle.includes('dot')] })"
        )
        assert styles == [["normal", True], ["italic", False]]


class TestPreview:
    """A page as `serve` shows it, whose policy stays."""

    def test_it_reloads_itself_and_shows_what_was_said(self, open_page, site):
        """The script waits and the words have their look, without a complaint of the policy, nor another address."""
        live = Live(site)
        server = start(live, 18200)
        base = f"http://127.0.0.1:{server.server_port}"
        shown = open_page("en/", base)
        assert shown.locator("#live").count() == 0
        live.publish(site, warnings=("data: <b>odd</b> (warning)",))
        shown.locator("#live").wait_for()
        assert shown.locator("#live").inner_text() == "⚠ 1\ndata: <b>odd</b> (warning)"
        assert shown.evaluate("getComputedStyle(document.querySelector('#live')).position") == "fixed"
        assert shown.evaluate("getComputedStyle(document.body).fontFamily") != ""
        load_all_pictures(shown)
        shown.close()
        server.shutdown()
        server.server_close()
        assert {url.split("/")[2] for url in open_page.requests if not url.startswith("data:")} == {base[7:]}

    def test_a_build_that_ends_while_the_page_loads_is_seen(self, browser, site):
        """The page knows of which build it is, so that one which ends before its script asks is not missed."""
        live = Live(site)
        server = start(live, 18200)
        shown = browser.new_page()
        published = []

        def slow(route):
            if not published:
                published.append(live.publish(site, news=("built",)))
            route.continue_()

        shown.route("**/reload.js", slow)
        shown.goto(f"http://127.0.0.1:{server.server_port}/en/")
        shown.locator("#live").wait_for()
        assert shown.locator("[data-version]").get_attribute("data-version") == "1"
        shown.close()
        server.shutdown()
        server.server_close()

    def test_nothing_else_is_opened(self, browser, site):
        """Styles, scripts and pictures of another host are not asked for, were they written into a page."""
        away = "http://192.0.2.1"
        hostile = (
            f"<img src='{away}/1.png'><link rel=stylesheet href='{away}/2.css'><script src='{away}/3.js'></script>"
        )
        (site / "own.html").write_text(f"<!doctype html><p style='background: url({away}/4.png)'>own{hostile}")
        server = start(Live(site), 18200)
        shown, asked = browser.new_page(), []
        shown.on("requestfinished", lambda request: asked.append(request.url))
        shown.on("requestfailed", lambda request: asked.append(f"{request.failure} {request.url}"))
        shown.goto(f"http://127.0.0.1:{server.server_port}/own.html")
        assert [url for url in asked if away in url and "csp" not in url] == []
        shown.close()
        server.shutdown()
        server.server_close()
        (site / "own.html").unlink()


class TestAccessibility:
    """axe-core finds nothing, light and dark."""

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("folder", FOLDERS)
    @pytest.mark.parametrize("report", ["address", "default"])
    def test_no_violation(self, open_page, request, report, folder, scheme):
        """WCAG 2.2 A and AA, and the best practices, on the pages of the fixture and of the default report."""
        axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
        shown = open_page(f"{folder}/index.html", request.getfixturevalue(report), color_scheme=scheme)
        shown.evaluate("document.querySelectorAll('details').forEach(card => { card.open = true })")
        assert [told(violation) for violation in axe.run(shown).response["violations"]] == []

    @pytest.mark.parametrize("picture", ["#fig-saliency .zoom", ".section .zoom:has(.chart)"])
    def test_no_violation_in_the_large_view(self, open_page, default, picture):
        """The dialog has its name, also for a picture outside of the figures; its buttons have theirs."""
        axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
        shown = open_page(base=default)
        shown.locator(picture).first.click()
        assert shown.locator("#view-title").inner_text()
        assert [told(violation) for violation in axe.run(shown).response["violations"]] == []

    def test_the_first_tab_skips_to_the_report(self, open_page):
        """A link that appears when it is reached."""
        shown = open_page()
        shown.keyboard.press("Tab")
        assert shown.evaluate("document.activeElement.className") == "skip"
        shown.keyboard.press("Enter")
        assert shown.evaluate("location.hash") == "#main"


def told(violation) -> str:
    nodes = [f"{node['target']}: {node['failureSummary']}" for node in violation["nodes"][:3]]
    return f"{violation['id']} ({violation['impact']}): {nodes}"


STRANGE = """{% extends "frame.html" %}{% block main %}
<script>window.ran = 1</script><script src="OTHER/a.js"></script><img src="OTHER/b.png" onerror="window.ran = 1">
<style>@import "OTHER/c.css"; body { background: url(OTHER/d.png) }</style><p style="background: url(OTHER/e.png)">x</p>
<iframe src="OTHER/f.html"></iframe><object data="OTHER/g.swf"></object><embed src="OTHER/h.swf"><base href="OTHER/">
<video src="OTHER/i.mp4" poster="OTHER/j.png" autoplay></video><audio src="OTHER/k.mp3" autoplay></audio>
<svg><image href="OTHER/l.png"/><use href="OTHER/m.svg#a"/></svg>
<img srcset="OTHER/n.png 1x"><input type="image" src="OTHER/o.png">
<form action="OTHER/p" id="f"><button autofocus>q</button></form><a href="javascript:window.ran=1" id="a">r</a>
{% endblock %}"""


def test_a_layout_of_a_stranger_runs_nothing_and_calls_nobody(browser, tmp_path):
    """With its own scripts, styles, frames and pictures: the browser asks nobody but the site itself."""
    (tmp_path / "own").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "site").mkdir()
    with served(tmp_path / "other") as other, served(tmp_path / "site") as base:
        (tmp_path / "own" / "page.html").write_text(STRANGE.replace("OTHER", other))
        (tmp_path / "own" / "frame.html").write_text(NO_POLICY.sub("", (TEMPLATES / "frame.html").read_text("utf-8")))
        templates = Templates((tmp_path / "own", TEMPLATES))
        (tmp_path / "site" / "index.html").write_text(html_page.html(whole(), "en", "", templates), encoding="utf-8")
        context = browser.new_context()
        shown, failed, came = context.new_page(), [], []
        shown.on("requestfailed", lambda request: failed.append(request.url))
        shown.on("response", lambda response: came.append(response.url))
        shown.goto(base)
        shown.evaluate("document.getElementById('a').click()")
        shown.evaluate("document.getElementById('f').submit()")
        shown.wait_for_timeout(300)
        assert [url for url in came if url.startswith(other)] == []
        assert shown.evaluate("window.ran") is None
        context.close()
