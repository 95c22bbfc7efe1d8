"""Who tells the report: the names, words and functions that its prose may use, in each of its languages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from generator.build.study import Study
from generator.build.texts import unsaid, unset_in, wrong_in
from generator.errors import Problem, ProseError, SpecError
from generator.evidence.result import PART, ReportEvidence
from generator.pages.assembly import figure_numbers
from generator.pages.reader import Reader
from generator.prose.lookup import ReportFacts
from generator.prose.sayings import Spoken
from generator.prose.unknown import without_unknown
from generator.results import FigureResult, LightLine
from generator.spec.report import Report
from generator.templating import render_prose
from generator.text import Text, spelled
from generator.words import Interface
from generator.yaml_source import child


def facts_of(report: Report, study: Study) -> ReportFacts:
    """What the prose may quote beside the figures."""
    images, labelled = study.data_facts
    return ReportFacts(
        classes={c.id: c.name for c in report.classes},
        regions={region.id: region for region in report.regions},
        evaluation=study.evaluation,
        images=images,
        labelled=labelled,
        parameters=study.subject.facts.parameters,
        model=report.models[0].path.name,
        input_shape=study.subject.facts.input_shape,
        languages=report.languages,
        models={model.id or "": model.name for model in report.models},
    )


@dataclass(frozen=True)
class Narrator:
    """What can be told of a report in the languages of its interface."""

    report: Report
    facts: ReportFacts
    results: Mapping[str, FigureResult]
    evidence: ReportEvidence
    words: Interface
    doubted: Text = Text()  # noqa: RUF009, frozen: what speaks against the evaluation that is quoted
    doubts: dict[Problem, None] = field(default_factory=dict)  # of what it has said so far, in their order

    @cached_property
    def reader(self) -> Reader:
        """For whom the page is written."""
        names = tuple(c.name for c in self.report.classes)
        models = {model.id or "": model.name for model in self.report.models}
        known = names, self.report.class_ids, self.facts.regions
        return Reader(self.words, *known, self._say, models, self.doubted)

    def lights(self, figure: str) -> tuple[LightLine, ...]:
        """The evidence of a figure, check by check."""
        first = next(iter(self._spoken.values()))
        measured = self.evidence.parts_of(figure)
        return tuple(self._light(name, checks) for name in measured for checks in first.shared_lines(name))

    def about(self, measured: str, within: bool = False) -> Text:
        """Which model and layer something measured is of; nothing where the report, or its figure, has only one."""
        figure, _, model = measured.partition(PART)
        models, result = self.report.figures[figure].model, self.results.get(figure)
        layer = result.parts[0].facts.get("layer") if result and result.parts else None
        several = len(models if within else self.report.models) > 1
        own = {"model": self.reader.model_name(model or models[0])} if several else {}
        own |= {"layer": Text.of(str(layer))} if layer else {}
        form = "of" if within else "part"
        return self.words.joined(self.words(f"figure.{form}.{key}", value=value) for key, value in own.items())

    def _light(self, figure: str, checks: tuple[str, ...]) -> LightLine:
        told = {language: one.line(figure, checks) for language, one in self._spoken.items()}
        light = next(iter(told.values())).light
        parts = ("word", "name", "sentence", "numbers")
        word, name, *said = (Text({code: getattr(line, part) for code, line in told.items()}) for part in parts)
        of = self.about(figure, within=True)
        return LightLine(light, word, name + self.words.bracketed(of) if of else name, *said)

    @cached_property
    def _spoken(self) -> Mapping[str, Spoken]:
        methods = {name: figure.method for name, figure in self.report.figures.items()}
        methods |= {name: methods[name.partition(PART)[0]] for name in self.evidence.figures}
        shown, known = (self.results, figure_numbers(self.report)), (self.evidence, methods)
        return {
            language: Spoken(self.facts, words, *shown, *known) for language, words in self.words.by_language.items()
        }

    @cached_property
    def _contexts(self) -> Mapping[str, Mapping[str, Callable[..., object]]]:
        return {language: replace(spoken, markdown=True).context() for language, spoken in self._spoken.items()}

    def _say(self, text: Text, language: str) -> str:
        """A text of the spec with its expressions filled in; raises SpecError at its line."""
        source = text.in_language(language, *self.report.languages)
        try:
            said = render_prose(source, self._contexts[language], language)
        except ProseError as error:
            place = self._place(text, language)
            raise SpecError((self.report.source.problem_in_text(place, error.line, str(error)),)) from error
        if "{" in source:  # else it was looked at as it is written
            place = self._place(text, language)
            said, lost = without_unknown(said)
            self._look_over(said, source, place)
            for line, sentence in lost:
                message = f"a value in it is not known, and the sentence is left out: '{spelled(sentence):.80}'"
                self.doubts[self.report.source.problem_in_text(place, line, message)] = None
        return said

    def _look_over(self, said: str, source: str, place: str) -> None:
        """Raises SpecError for pictures that cannot be shown; formulas that expressions have made are doubtful."""
        if wrong := tuple(wrong_in(self.report, place, said)):
            raise SpecError(wrong)
        known = {problem.message for problem in unset_in(self.report, place, unsaid(source))}
        doubts = (problem for problem in unset_in(self.report, place, said) if problem.message not in known)
        self.doubts.update(dict.fromkeys(doubts))

    def _place(self, text: Text, language: str) -> str:
        path = next((path for path, known in self.report.texts() if known is text), "")
        spoken = next((key for tag in (language, *self.report.languages) if (key := text.spoken(tag))), "")
        return path if spoken in ("", "*") else child(path, spoken)
