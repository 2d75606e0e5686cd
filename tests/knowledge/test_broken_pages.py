"""One mistake, one tiny page, and the words that the loader must say of it.

Each page under ``broken/`` differs from a sound one in one place; its last two lines say which
page it stands for and what the loader must say of it.
"""

import shutil
from pathlib import Path

import pytest

from cicatrix.errors import PageError
from cicatrix.knowledge import loader, read_knowledge

RULE = "rules/isotretinoin-full-resurfacing.yaml"
NO_SOURCE = Path(__file__).parent / "broken" / "no_source.yaml"
BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


def _told_at_the_end(page: Path, word: str) -> str:
    """What the comment ``# word: …`` at the end of a broken page says."""
    lines = page.read_text(encoding="utf-8").splitlines()
    mark = f"# {word}: "
    return next(line for line in reversed(lines) if line.startswith(mark)).removeprefix(mark)


def _shelved(page: Path, folder: Path) -> Path:
    """The whole library with one page replaced by its broken twin."""
    pages = folder / "pages"
    shutil.copytree(loader.PAGES, pages)
    shutil.copyfile(page, pages / _told_at_the_end(page, "page"))
    return pages


def test_there_are_many_kinds_of_mistakes():
    assert len(BROKEN) >= 25


@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem) for page in BROKEN])
def test_a_mistake_is_told_with_file_line_and_sentence(page, tmp_path, monkeypatch):
    monkeypatch.setattr(loader, "PAGES", _shelved(page, tmp_path))
    _, faults = read_knowledge()
    words = _told_at_the_end(page, "says")
    told = [fault for fault in faults if words in fault]
    assert told, faults
    assert told[0].startswith(f"{_told_at_the_end(page, 'page')}, line ")


def test_an_unsound_library_is_not_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(loader, "PAGES", _shelved(NO_SOURCE, tmp_path))
    loader.load_knowledge.cache_clear()
    try:
        with pytest.raises(PageError, match="has no source"):
            loader.load_knowledge()
    finally:
        loader.load_knowledge.cache_clear()


def test_a_missing_page_is_told(tmp_path, monkeypatch):
    pages = tmp_path / "pages"
    shutil.copytree(loader.PAGES, pages)
    (pages / "treatments" / "subcision.yaml").unlink()
    monkeypatch.setattr(loader, "PAGES", pages)
    _, faults = read_knowledge()
    assert "treatments/subcision.yaml: is missing; every treatment has a page" in faults


def _local(tmp_path: Path, folder: str, text: str, name: str) -> Path:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("made", ["nothing", "empty", "file", "rules"])
def test_a_folder_without_pages_is_told_and_not_passed_by(tmp_path, made):
    root = tmp_path / "ours"
    if made == "file":
        root.write_text("id: our-own\n", encoding="utf-8")
    elif made == "empty":
        root.mkdir()
    elif made == "rules":
        text = (loader.PAGES / RULE).read_text(encoding="utf-8")
        root = _local(root, "rules", text, "our-own.yaml") / "rules"
    _, faults = read_knowledge(local=root)
    (fault,) = faults
    assert fault == (
        f"{root.name}: holds no pages. A folder with a clinic's own pages has a folder 'rules' or "
        "'combinations' with files that end in .yaml; name that folder, or leave it out."
    )


def test_a_clinic_may_make_things_stricter(tmp_path):
    text = (loader.PAGES / RULE).read_text(encoding="utf-8")
    text = text.replace("id: isotretinoin-full-resurfacing", "id: our-own")
    knowledge, faults = read_knowledge(local=_local(tmp_path, "rules", text, "our-own.yaml"))
    assert faults == []
    assert knowledge.local == {"our-own"}


def test_a_clinic_may_not_loosen_without_a_name(tmp_path):
    text = (loader.PAGES / RULE).read_text(encoding="utf-8")
    _, faults = read_knowledge(
        local=_local(tmp_path, "rules", text, "isotretinoin-full-resurfacing.yaml")
    )
    assert "a named clinician must sign it" in faults[0]
    signed = text + '\nsigned: {by: Dr Adaeze, on: "2026-11-24", why: a reason}\n'
    _, faults = read_knowledge(
        local=_local(tmp_path / "2", "rules", signed, "isotretinoin-full-resurfacing.yaml")
    )
    assert faults == []
