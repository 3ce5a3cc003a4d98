"""Pages are made of the components of the design system (docs/design-system.md)."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
BUTTONS = {"button", "ghost", "copy", "switcher-line", "visually-hidden"}


def pages():
    kept = (path for path in TEMPLATES.rglob("*.html") if path.relative_to(TEMPLATES).parts[0] not in ("pdf", "email"))
    return {str(path.relative_to(TEMPLATES)): path.read_text() for path in kept}


def test_every_button_is_one_of_the_kinds_that_there_are():
    found = [(name, tag) for name, text in pages().items() for tag in re.findall(r"<button\b[^>]*>", text)]
    classes = {(name, tag): re.search(r'class="([^"]*)', tag) for name, tag in found}
    assert len(found) > 50
    assert [place for place, said in classes.items() if not (said and BUTTONS & set(said[1].split()))] == []


def test_no_template_has_styles_or_scripts_of_its_own():
    own = re.compile(r"\sstyle=|<style|<script(?! nonce)|\son[a-z]+=\"")
    assert [name for name, text in pages().items() if own.search(text)] == []
