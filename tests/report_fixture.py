"""A report of every kind of figure from drawn numbers: what pages, renderers and browsers are tested with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from generator.artefacts import Confusion, Heatmaps, LayerOutputs, Patterns, Predictions
from generator.drawing.figures import draw
from generator.methods import Method
from generator.pages.assembly import Imprint, assemble, figure_numbers
from generator.pages.content import Prose, Table
from generator.pages.figure_page import Built
from generator.pages.page import Evidence, Page, Section, Subsection
from generator.pages.reader import Reader
from generator.pages.words import load
from generator.regions import Region
from generator.results import FigureResult, Part
from generator.samples import Batch
from generator.show import Show
from generator.spec.grammar import Author, Figure, Question
from generator.text import Text, bilingual

LANGUAGES = ("zh-Hant", "en")
CLASSES = {
    "angry": bilingual("Angry", "生氣"),
    "disgust": bilingual("Disgust", "厭惡"),
    "fear": bilingual("Fear", "恐懼"),
    "happy": bilingual("Happy", "高興"),
    "sad": bilingual("Sad", "難過"),
    "surprise": bilingual("Surprise", "驚訝"),
    "neutral": bilingual("Neutral", "中立"),
}
REGIONS = {
    "eyes": Region("eyes", bilingual("eyes", "眼睛"), ((0.1, 0.2, 0.9, 0.48),)),
    "mouth": Region("mouth", bilingual("mouth", "嘴巴"), ((0.22, 0.66, 0.78, 0.95),)),
}
SIDE = 48


@dataclass(frozen=True)
class Told:
    """What a page needs of a spec."""

    title: Text
    author: Author
    questions: tuple[Question, ...]


def stub(name: str, kind: str, en: str, zh: str) -> Method:
    """A method of that name whose pictures are given here."""
    summary = bilingual(f"What {en} does, in a sentence.", f"用一句話說明{zh}。")
    return Method(
        name, print, kind, "gradients", bilingual(en, zh), summary, "Somebody 2014, A Paper", lambda params, images: 7
    )


METHODS = {
    "saliency": stub("saliency", "attribution", "Saliency map", "顯著圖"),
    "lime": stub("lime", "attribution", "LIME", "LIME 局部解釋"),
    "filters": stub("filters", "patterns", "Filter patterns", "濾波器圖樣"),
    "feature_maps": stub("feature_maps", "outputs", "Feature maps", "特徵圖"),
    "confusion_matrix": stub("confusion_matrix", "evaluation", "Confusion matrix", "混淆矩陣"),
    "predictions": stub("predictions", "predictions", "Predictions", "預測"),
    "occlusion": stub("occlusion", "attribution", "Occlusion", "遮擋敏感度"),
}


def faces(n: int) -> np.ndarray:
    """Grey ovals with eyes and a mouth, a little different each."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    made = []
    for k in range(n):
        face = 0.25 + 0.5 * (((x - 0.5) / 0.36) ** 2 + ((y - 0.5) / 0.46) ** 2 < 1)
        for eye in (0.33, 0.67):
            face -= 0.45 * (np.hypot((x - eye) / 1.6, y - 0.38) < 0.05)
        face -= 0.4 * (np.abs(y - 0.76 - (k - 3) * (x - 0.5) ** 2) < 0.025) * (np.abs(x - 0.5) < 0.18)
        made.append(np.clip(face + 0.1 * x, 0, 1))
    return np.stack(made)[..., None].astype(np.float32)


def batch(n: int = 7, labelled: bool = True) -> Batch:
    """One face a class; the third is mistaken for the last."""
    images = faces(7)[:n]
    target = np.arange(n, dtype=np.int64)
    probability = np.full((n, 7), 0.02, np.float32)
    probability[target, target] = 0.88
    if n > 2:
        probability[2, [2, 6]] = 0.3, 0.6
    label = target if labelled else np.full(n, -1, np.int64)
    return Batch(images, images, 100 + target, label, probability, target, target + 1)


def maps(n: int, signed: bool = False) -> np.ndarray:
    """A spot on the mouth, weaker with each row; a signed one has a negative spot on the eyes."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    mouth = np.exp(-(((x - 0.5) / 0.15) ** 2 + ((y - 0.8) / 0.1) ** 2))
    eyes = np.exp(-(((x - 0.5) / 0.3) ** 2 + ((y - 0.35) / 0.08) ** 2))
    value = mouth - eyes if signed else mouth
    return np.stack([value * (1 - 0.08 * k) for k in range(n)]).astype(np.float32)


def squares(n: int) -> np.ndarray:
    """Superpixels of 8×8 pixels."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] // 8
    return np.broadcast_to((y * 6 + x).astype(np.int64), (n, SIDE, SIDE)).copy()


def stripes(n: int) -> np.ndarray:
    """Patterns whose stripes turn from filter to filter."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    angles = np.pi * np.arange(n) / n
    waves = [0.5 + 0.5 * np.sin(2 * np.pi * (x * np.cos(a) + y * np.sin(a)) / 6) for a in angles]
    return np.stack(waves)[..., None].astype(np.float32)


def artefacts() -> dict[str, object]:
    lime_maps = np.stack([_by_square(m) for m in maps(7, signed=True)])
    flat = maps(7)
    flat[1] = 0
    counts = np.full((7, 7), 12, np.int64) + np.diag([300, 20, 150, 800, 400, 380, 500])
    filters = Patterns(
        stripes(32),
        np.arange(32, dtype=np.int64),
        np.linspace(1, 4, 32).astype(np.float32),
        np.linspace(0.5, 2, 32).astype(np.float32),
        np.arange(32) == 5,
        "filter",
        {"layer": "conv2d_1", "steps": 100},
    )
    outputs = np.maximum(stripes(8)[..., 0] - 0.5, 0)[None, :, ::2, ::2].copy()
    return {
        "saliency": Heatmaps(flat, False, "gradient", {"score": "logit"}),
        "lime": Heatmaps(
            lime_maps,
            True,
            "weight",
            {"samples": 1000},
            segments=squares(7),
            image_facts=tuple({"r2": 0.6 + 0.01 * k} for k in range(7)),
        ),
        "filters": filters,
        "feature_maps": LayerOutputs(outputs, np.arange(8, dtype=np.int64), {"layer": "conv2d_1"}),
        "confusion_matrix": Confusion(counts, "none"),
        "predictions": Predictions(batch().probability),
    }


def _by_square(values: np.ndarray) -> np.ndarray:
    blocks = values.reshape(6, 8, 6, 8).mean(axis=(1, 3))
    return np.kron(blocks, np.ones((8, 8))).astype(np.float32)


ANSWERS = {
    "saliency": bilingual(
        "The model looks at the **mouth**, see [Figure 1](#fig-saliency) and *elsewhere*.\n\n[[figure:saliency]]\n\n"
        "| class | share |\n| --- | ---: |\n| happy | 40% |\n\nAfter the figure, $p = \\frac{1}{2}$ and `code`.",
        "模型看的是**嘴巴**，見[圖 1](#fig-saliency)與*其他*。\n\n[[figure:saliency]]\n\n"
        "| 類別 | 比例 |\n| --- | ---: |\n| 高興 | 40% |\n\n圖之後的文字，$p = \\frac{1}{2}$ 與 `code`。",
    ),
    "filters": bilingual("- one\n- two", "- 一\n- 二"),
    "lime": bilingual("Superpixels speak for and against.", "超像素有支持也有反對。"),
}


def spec_figure(name: str, **keys: object) -> Figure:
    """A figure of the spec; its method need not be registered."""
    return Figure.model_construct(id=name, method=name, **keys)


def questions(answers: Mapping[str, Text] = ANSWERS) -> tuple[Question, ...]:
    """Three questions with all kinds of figures; the last figure of all failed."""
    caption = bilingual("Where the **score** moves.", "分數**變動**之處。")
    note = {"happy": bilingual("The smile.", "笑容。")}
    saliency = spec_figure("saliency", caption=caption, notes=note)
    first = Question.model_construct(
        id="saliency",
        points=2,
        title=bilingual("Saliency maps", "顯著圖"),
        prompt=bilingual("Plot the saliency maps.", "畫出顯著圖。"),
        collaborators=(),
        figures=(saliency,),
        answer=answers["saliency"],
    )
    second = Question.model_construct(
        id="filters",
        points=3,
        title=bilingual("Filters", "濾波器"),
        figures=tuple(spec_figure(name) for name in ("filters", "feature_maps")),
        answer=answers["filters"],
    )
    panels = Show(panels=("image", "overlay"))
    third = Question.model_construct(
        id="lime",
        points=1,
        title=bilingual("LIME", "LIME 解釋"),
        collaborators=(Text.of("A. Friend"),),
        figures=(
            spec_figure("lime", show=panels),
            *(spec_figure(name) for name in ("confusion_matrix", "predictions", "occlusion")),
        ),
        answer=answers["lime"],
    )
    return first, second, third


def told(title: Text | None = None) -> Told:
    title = title or bilingual("Machine Learning HW4: Explainable AI", "機器學習作業四：可解釋的人工智慧")
    author = Author.model_construct(
        student_id=Text.of("B00000000"), department=bilingual("Department", "某某系"), name=bilingual("Name", "某某")
    )
    return Told(title, author, questions())


def result(name: str) -> FigureResult:
    if name == "occlusion":
        return FigureResult(name, "lime", name, {}, (), failure="ValueError: the patch is larger than the image")
    rows = {"feature_maps": 1, "filters": 0, "confusion_matrix": 0}.get(name, 7)
    return FigureResult(name, "", name, {}, (Part(artefacts()[name], batch(rows)),), model_passes=7)


@cache
def built() -> Mapping[str, Built]:
    """Every figure with its pictures."""
    report = told()
    numbers = figure_numbers(report)
    specs = {figure.id: figure for question in report.questions for figure in question.figures}
    made = {}
    for name, spec in specs.items():
        computed = result(name)
        drawing = draw(computed, spec.show, tuple(CLASSES.values()), LANGUAGES)
        made[name] = Built(spec, numbers[name], METHODS[name], computed, drawing)
    return made


def reader(language: str) -> Reader:
    return Reader(load(language), tuple(CLASSES.values()), tuple(CLASSES), REGIONS, LANGUAGES)


def evidence(language: str) -> tuple[Evidence, ...]:
    """One claim of each light."""
    words = load(language)
    lights = ("green", "amber", "red", "silent")
    return tuple(
        Evidence(light, words(f"evidence.{light}"), light, f"Claim {light}.", "0.2 (0.1 to 0.3)") for light in lights
    )


def sections(language: str) -> tuple[Section, ...]:
    """A section with a part of its own, a table with lights, and a folded table."""
    table = Table(("Method", "Holds"), (("Saliency map", "✓"), ("LIME", "✕")), lights=(("", "green"), ("", "red")))
    folded = Subsection("fixture-numbers", "The numbers", (Table(("Class", "Share"), (("Happy", "40%"),)),), True)
    part = Subsection("fixture-part", "A part", (Prose("Words **of** it.", language), table, folded))
    return (Section("fixture", load(language)("evidence.title"), (Prose("All of it.", language), part)),)


def measured(language: str) -> Page:
    """The page with evidence beside its first figure and a section after the questions."""
    with_evidence = {**built(), "saliency": replace(built()["saliency"], evidence=evidence(language))}
    return assemble(told(), with_evidence, reader(language), replace(imprint(), sections=sections(language)))


def imprint() -> Imprint:
    foot = {"model": "fer_cnn.keras", "data": "lfw", "versions": "keras 3.15", "rebuild": "python -m generator x.yaml"}
    return Imprint({"zh-Hant": "繁體中文", "en": "English"}, foot, ("pdf", "md"))


def page(language: str, report: Told | None = None) -> Page:
    return assemble(report or told(), built(), reader(language), imprint())
