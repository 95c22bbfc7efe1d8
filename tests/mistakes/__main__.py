"""`python -m tests.mistakes` writes docs/mistakes.md anew from what is said of the cases."""

from tests.mistakes.document import DOCUMENT, document

if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
