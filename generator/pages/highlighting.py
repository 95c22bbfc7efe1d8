"""The one door to Pygments: code of a text as pieces, each with the kind by which it is coloured."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

LONGEST = 20_000  # characters of a block that is coloured


def pieces(code: str, language: str) -> Iterator[tuple[str, str]]:
    """Kind and text, in order: `kw` keyword, `fn` name of a function or class, `st` string, `nu` number, `co` comment.

    The kind is '' of all else, and of everything where the language is not known or the code is long. The texts are
    the code again, sign by sign.
    """
    from pygments import lex  # here: few texts have code
    from pygments.lexers import get_lexer_by_name
    from pygments.token import Comment, Keyword, Literal, Name, Token
    from pygments.util import ClassNotFound

    kinds = {
        Comment: "co",
        Keyword: "kw",
        Name.Function: "fn",
        Name.Class: "fn",
        Name.Decorator: "fn",
        Name.Tag: "kw",
        Literal.Number: "nu",
        Literal: "st",
        Token: "",
    }
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False) if len(code) <= LONGEST else None
    except ClassNotFound:
        lexer = None
    tokens = lex(code, lexer) if lexer else ((Token, code),)
    known = ((next(kind for token, kind in kinds.items() if found in token), text) for found, text in tokens)
    for kind, group in groupby(known, key=itemgetter(0)):
        yield kind, "".join(text for _, text in group)
