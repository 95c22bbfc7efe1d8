"""The one door to latex2mathml: a TeX formula into MathML, for browsers and for the PDF alike."""

from html import unescape
from xml.etree.ElementTree import Element

from latex2mathml import exceptions
from latex2mathml.converter import convert_to_element

from generator.errors import InputError

KINDS = tuple(kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception))
FAILURES: tuple[type[Exception], ...] = (*KINDS, IndexError, KeyError)


def mathml(tex: str, block: bool = False) -> Element:
    """The `<math>` element of a formula; raises InputError with the formula where it is not one."""
    try:
        element = convert_to_element(tex, display="block" if block else "inline")
    except FAILURES as error:
        raise InputError(f"not a formula: ${tex}$ ({type(error).__name__})") from error
    for part in element.iter():
        part.text = unescape(part.text) if part.text else part.text
    element.set("alttext", tex)
    return element
