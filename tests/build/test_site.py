"""A site is replaced whole or not at all, by one build at a time, and nothing that is somebody's is lost."""

import json
import os
import subprocess
import sys
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from generator.build import site as room
from generator.build.site import MANIFEST, check_output, publish, tidy
from generator.disk import only_writer
from generator.errors import ComputationError, InputError
from tests import ROOT

HEAD = {"generator": "0.1.0", "versions": {}, "sha256": {}, "figures": []}
PAGES = {"index.html": b"page", "figures/a.png": b"picture", ".nojekyll": b""}


def record_of(files, **more) -> bytes:
    digests = {name: sha256(data).hexdigest() for name, data in files.items()}
    return json.dumps({**HEAD, "files": digests, **more}).encode()


def put(path, files=PAGES, inputs=()):
    return publish(path, files, record_of(files), inputs)


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def whole(files=PAGES):
    return {**files, MANIFEST: record_of(files)}


@pytest.fixture(params=["in one step", "in two steps"])
def swapping(request, monkeypatch):
    """A system that can let two folders change places, and one that cannot."""
    if request.param == "in two steps":
        monkeypatch.setattr(room, "exchange", lambda one, other: False)


@pytest.fixture
def site(tmp_path) -> Path:
    put(tmp_path / "site")
    return tmp_path / "site"


def test_a_finished_build_replaces_the_site(site, swapping):
    """Files of the old site that the new one lacks are gone, and nothing is left beside it."""
    put(site, {"two/index.html": b"two"})
    assert contents(site.parent) == {f"site/{name}": data for name, data in whole({"two/index.html": b"two"}).items()}
    assert [path.name for path in site.parent.iterdir()] == ["site"]


@pytest.mark.parametrize("moment", ["_linked", "_take_along", "_swap"])
def test_a_build_that_ends_halfway_leaves_the_old_site_untouched(site, monkeypatch, moment):
    """Whatever is raised, the old bytes stand and the draft is gone."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(room, moment, interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(site, {"two.html": b"two"})
    assert contents(site.parent) == {f"site/{name}": data for name, data in whole().items()}


def test_the_first_of_two_renames_is_taken_back(site, monkeypatch):
    """Where the system cannot exchange folders, an interruption between them leaves the old site."""
    monkeypatch.setattr(room, "exchange", lambda one, other: False)
    really = Path.rename

    def interrupted(path, target):
        if path.name.endswith("new"):
            raise KeyboardInterrupt
        return really(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(site, {"two.html": b"two"})
    assert contents(site.parent) == {f"site/{name}": data for name, data in whole().items()}


@pytest.mark.parametrize(
    "manifest",
    [
        '{"manifest_version": 3, "name": "an extension", "version": "1"}',
        '{"short_name": "a web app", "icons": []}',
        '{"generator": "another program", "figures": []}',
        '{"generator": 1, "versions": [], "sha256": "", "figures": {}}',
        "[]",
        "not JSON",
        "[" * 10**5,
        None,
    ],
)
def test_a_folder_that_is_no_site_is_refused(tmp_path, manifest):
    """A file that is called as ours is, is not enough."""
    (tmp_path / "thesis.docx").write_text("years of work")
    if manifest:
        (tmp_path / MANIFEST).write_text(manifest)
    before = contents(tmp_path)
    for attempt in (check_output, put):
        with pytest.raises(InputError, match=r"holds other files than a site \(no manifest.json of a build\)"):
            attempt(tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("held", ["report.yaml", "models/model.keras", "data", ""])
@pytest.mark.parametrize("link", [False, True])
def test_a_folder_with_what_the_report_is_made_from_is_never_replaced(site, held, link):
    """Be it called a site by our own manifest, and reached by whatever way."""
    (site / held).parent.mkdir(exist_ok=True)
    output = site
    if link:
        output = site.parent / "link"
        output.symlink_to(site)
    with pytest.raises(
        InputError, match=r"holds .*, of which the report is made; --output names a folder of the site's own"
    ):
        put(output, {"new.html": b"new"}, [site.parent / "elsewhere", site / held])
    assert contents(site) == whole()


@pytest.mark.parametrize("where", [".git", "kept/.git", "figures/.git"])
@pytest.mark.parametrize("is_file", [False, True])
def test_a_folder_with_a_repository_is_never_replaced(site, where, is_file):
    """Nor the second working folder of one, whose `.git` is a file."""
    (site / where).mkdir(parents=True)
    if is_file:
        (site / where).rmdir()
        (site / where).write_text("gitdir: elsewhere")
    with pytest.raises(InputError, match=r"holds a repository \(.*\.git\), which no build moves; build elsewhere"):
        put(site)
    assert (site / where).exists()


def test_what_no_build_wrote_stays_where_it_is(site, swapping):
    """Files, folders, empty ones and links, among the site's own or beside them; through every further build."""
    outside = site.parent / "outside"
    outside.mkdir()
    (outside / "precious").write_text("data")
    (site / "CNAME").write_text("example.org")
    (site / "figures" / "mine.png").write_bytes(b"mine")
    (site / "slides" / "day 1").mkdir(parents=True)
    (site / "slides" / "day 1" / "a.pdf").write_bytes(b"a")
    (site / "empty").mkdir()
    (site / "videos").symlink_to(outside)
    (site / "gone").symlink_to("nowhere")
    mine = {"CNAME": b"example.org", "figures/mine.png": b"mine", "slides/day 1/a.pdf": b"a"}
    for files in ({"two.html": b"2"}, {"slides/three.html": b"3"}, PAGES, {"figures/b.png": b"b"}):
        put(site, files)
        assert contents(site) == {**whole(files), **mine}
        assert (site / "empty").is_dir() and (site / "gone").is_symlink()
        assert (site / "videos").readlink() == outside
    assert contents(outside) == {"precious": b"data"}


def test_what_was_written_by_a_build_and_changed_since_stays(site):
    """Unless it is made anew: what is edited by hand is no longer a build's to remove."""
    (site / "figures" / "a.png").write_bytes(b"retouched")
    (site / "index.html").write_bytes(b"edited")
    put(site, {"index.html": b"new"})
    assert contents(site) == {**whole({"index.html": b"new"}), "figures/a.png": b"retouched"}


@pytest.mark.parametrize(
    ("mine", "theirs"), [("two.html", "two.html"), ("two", "two/index.html"), ("two.html/x", "two.html")]
)
def test_a_file_in_the_way_of_a_page_is_not_replaced(site, mine, theirs):
    """The build ends with words, the old site stands."""
    (site / mine).parent.mkdir(exist_ok=True)
    (site / mine).write_text("mine")
    with pytest.raises(InputError, match=r"is not of a build, and this one writes a file of that name; move it"):
        put(site, {theirs: b"theirs"})
    assert contents(site.parent) == {f"site/{name}": data for name, data in {**whole(), mine: b"mine"}.items()}


def test_a_site_whose_manifest_lists_no_files_is_still_a_site(tmp_path):
    """As earlier ones; their pages and pictures go by their names, everything else stays."""
    site = tmp_path / "site"
    old = ["index.html", "both/index.html", "fr/index.html", "report.fr.pdf", "report.pdf", "report.fr.md"]
    old += ["figures/a.png", "exports/maps/1.jpg", ".nojekyll"]
    mine = ["CNAME", "docs/index.html", "figures/mine.png", "exports/notes.txt", "report.docx"]
    for name in (*old, *mine):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(name)
    figure = {"id": "a", "files": ["figures/a.png"], "alt": {"figures/a.png": {"fr": "une image"}}}
    (site / MANIFEST).write_text(json.dumps({**HEAD, "figures": [figure]}))
    put(site, {"index.html": b"new"})
    assert contents(site) == {**whole({"index.html": b"new"}), **{name: name.encode() for name in mine}}


def test_a_folder_that_waits_for_its_site_keeps_what_waits_in_it(tmp_path):
    """A README or the name of a domain, from the first build on; beside anything else it is somebody's folder."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "README.md").write_text("mine")
    for pages in (PAGES, {"two.html": b"two"}):
        put(site, pages)
        assert contents(site) == {**whole(pages), "README.md": b"mine"}
    (tmp_path / "README.md").touch()
    with pytest.raises(InputError, match="holds other files"):
        check_output(tmp_path)


def test_a_link_is_followed(tmp_path):
    """To a site, or to where one shall be; the link stays."""
    (tmp_path / "www").mkdir()
    (tmp_path / "site").symlink_to("www/report")
    for files in (PAGES, {"two.html": b"two"}):
        put(tmp_path / "site", files)
        assert (tmp_path / "site").readlink() == Path("www/report")
        assert contents(tmp_path / "www" / "report") == whole(files)
    assert [path.name for path in (tmp_path / "www").iterdir()] == ["report"]


@pytest.mark.parametrize(
    ("place", "is_mount", "message"),
    [
        ("file", False, "file is a file; --output names the folder of the site"),
        (
            "file/site",
            False,
            r"nothing can be written into .*file \(Not a directory\); --output names a folder",
        ),
        ("volume", True, "volume is a volume, which cannot be replaced; --output .*volume/site can be"),
        ("loop", False, "loop is a link that leads to itself"),
        ("n" * 250, False, r"nothing can be written into .* \(File name too long\)"),
        ("n" * 300, False, "File name too long"),
        ("x" * 5000, False, "File name too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_first(tmp_path, monkeypatch, place, is_mount, message):
    """Below what is no folder, or where a folder cannot be swapped; nothing is left beside it."""
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    monkeypatch.setattr("os.path.ismount", lambda path: is_mount)
    with pytest.raises(InputError, match=message):
        check_output(tmp_path / place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "loop"]


def test_a_volume_within_is_never_moved(site, monkeypatch):
    """It would be emptied with the old site."""
    (site / "videos").mkdir()
    monkeypatch.setattr("os.path.ismount", lambda path: Path(path).name == "videos")
    with pytest.raises(InputError, match=r"holds a volume \(.*videos\), which no build moves"):
        put(site)


@pytest.mark.parametrize("call", ["pathlib.Path.write_bytes", "pathlib.Path.mkdir", "generator.build.site.exchange"])
def test_a_disk_that_is_full_is_told(site, monkeypatch, call):
    """In words, and the old site stands."""

    def full(path, *_, **__):
        raise OSError(28, "No space left on device", str(path))

    with (
        monkeypatch.context() as patched,
        pytest.raises(ComputationError, match="site: cannot be written: No space left"),
    ):
        patched.setattr(call, full)
        put(site, {"two.html": b"two"})
    assert contents(site.parent) == {f"site/{name}": data for name, data in whole().items()}


def test_a_file_that_stays_the_same_keeps_its_time(site):
    """What did not change is not written again; what did change leaves nothing of the old."""
    before = (site / "figures" / "a.png").stat().st_mtime_ns
    made = put(site, {**PAGES, "index.html": b"new"})
    after = (site / "figures" / "a.png").stat()
    assert (after.st_mtime_ns, after.st_nlink) == (before, 1)
    assert (site / "index.html").read_text() == "new"
    assert set(made) == {site / name for name in whole()}


def test_files_that_hold_the_same_are_one_on_the_disk(site):
    """As the faces are that most figures show; where one becomes another, the rest stay as they were."""
    faces = [site / "figures" / name for name in ("b.png", "c.png", "d.png")]
    for last in (b"face", b"other"):
        put(site, {**PAGES, "figures/b.png": b"face", "figures/c.png": b"face", "figures/d.png": last})
        assert [face.read_bytes() for face in faces] == [b"face", b"face", last]
        first, second, third = (face.stat().st_ino for face in faces)
        assert first == second and (third == first) is (last == b"face")


def test_what_is_new_is_on_the_disk_before_the_exchange(site, monkeypatch):
    """Should power go after it, the site is not one of empty files; what is linked has long been there."""
    synced, exchanged = [], room._swap
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(Path(f"/proc/self/fd/{file}").resolve().name))
    monkeypatch.setattr(room, "_swap", lambda *folders: synced.append("swap") or exchanged(*folders))
    put(site, {**PAGES, "index.html": b"new"})
    assert (sorted(synced[:-1]), synced[-1]) == (["index.html", MANIFEST], "swap")


def test_one_build_writes_at_a_time(site):
    """A second waits, and puts its own site after it; what it wrote is whole."""
    later = threading.Thread(target=put, args=(site, {"second.html": b"second"}))
    with only_writer(site.parent):
        later.start()
        later.join(0.1)
        assert later.is_alive()
        assert contents(site) == whole()
    later.join()
    assert contents(site) == whole({"second.html": b"second"})


KILLED = """
import os, sys
from pathlib import Path
from generator.build import site
from tests.build.test_site import put

def killed(*_): os._exit(9)

moment, where = sys.argv[1], Path(sys.argv[2])
site.exchange = site.exchange if moment != "between" else lambda one, other: False
if moment == "between":
    really = Path.rename
    Path.rename = lambda path, target: killed() if path.name.endswith("new") else really(path, target)
elif moment == "_discard":
    site._discard = lambda folder, place: killed() if folder.exists() else None
else:
    setattr(site, moment, killed)
put(where, {"second.html": b"second"})
"""


@pytest.mark.parametrize("moment", ["_linked", "_take_along", "_swap", "between", "_discard"])
def test_a_killed_build_leaves_a_site_and_the_next_one_sweeps(site, moment):
    """At whatever moment; what somebody keeps in it is there before and after."""
    (site / "CNAME").write_text("example.org")
    killed = subprocess.run([sys.executable, "-c", KILLED, moment, str(site)], cwd=ROOT, check=False)
    assert killed.returncode == 9
    assert len(list(site.parent.iterdir())) == 2
    tidy(site)
    assert [path.name for path in site.parent.iterdir()] == ["site"]
    stands = {"second.html": b"second"} if moment == "_discard" else PAGES
    assert contents(site) == {**whole(stands), "CNAME": b"example.org"}


def test_what_came_in_the_last_moment_is_saved(site, monkeypatch):
    """Between the look at the old site and the exchange: a new file, one saved anew, one in a folder of its own."""
    (site / "CNAME").write_text("old.example.org")
    os.utime(site / "CNAME", (1, 1))
    really = room.exchange

    def meanwhile(draft, place):
        (place / "CNAME.saving").write_text("new.example.org")
        (place / "CNAME.saving").replace(place / "CNAME")
        (place / "slides").mkdir()
        (place / "slides" / "a.pdf").write_text("slides")
        return really(draft, place)

    monkeypatch.setattr(room, "exchange", meanwhile)
    put(site, {"two.html": b"2"})
    assert contents(site.parent) == {
        f"site/{name}": data
        for name, data in {**whole({"two.html": b"2"}), "CNAME": b"new.example.org", "slides/a.pdf": b"slides"}.items()
    }


def test_a_draft_that_is_being_written_is_not_swept(site):
    """Its writer holds the lock."""
    draft = site.with_name(".site.explainability-report-new")
    draft.mkdir()
    with only_writer(site.parent):
        tidy(site)
        assert draft.exists()
    tidy(site)
    assert not draft.exists()


def test_a_folder_of_somebody_beside_the_site_is_not_swept(site):
    """What only looks like a draft."""
    other = site.with_name(".site.new-2023")
    other.mkdir()
    put(site)
    assert other.exists()
