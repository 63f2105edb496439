"""Rasa's own ResponseSelector, trained on the questions of the same entries: what the product is compared with."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import yaml

from evaluation.rasa_commands import train
from evaluation.understanding import Understanding
from knowledge.retriever import LEAD, QUESTION, Passage

INTENT = "faq"
EPOCHS = 12  # of ten seconds to a minute each on two cores
TRAIN_SECONDS = 7200
SEED = 20261128  # two trainings on the same entries give the same ranking
CHARACTERS = {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}


class Parser(Protocol):
    """Something that understands texts."""

    def parse(self, text: str) -> dict[str, Any]:
        """At least `response_selector`."""


class ResponseSelector:
    """Ranks entries by how Rasa ranks their responses."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser

    def rank(self, question: str) -> list[str]:
        """Ids of entries, best first."""
        ranking = self._parser.parse(question)["response_selector"][INTENT]["ranking"]
        return [str(one["intent_response_key"]).partition("/")[2] for one in ranking]


@contextmanager
def trained(passages: Sequence[Passage], epochs: int = EPOCHS) -> Iterator[ResponseSelector]:
    """A selector for the entries of these passages; what it was trained from and its model are gone afterwards.

    Raises EvaluationError when it does not train.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = project(passages, epochs)
        for file, content in files.items():
            (folder / file).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        given = [f"--{file.removesuffix('.yml')}={folder / file}" for file in files]
        with (folder / "train.log").open("w") as output:
            train(["nlu", *given], folder / "selector.tar.gz", folder, output, TRAIN_SECONDS)
        yield ResponseSelector(Understanding(folder / "selector.tar.gz"))


def project(passages: Sequence[Passage], epochs: int) -> dict[str, dict[str, Any]]:
    """The files of a Rasa project: one response an entry, its lead; the pipeline that Rasa advises for Chinese."""
    leads = {one.entry: one.text for one in passages if one.kind == LEAD}
    questions: dict[str, list[str]] = {}
    for one in passages:
        if one.kind == QUESTION and one.entry in leads:
            questions.setdefault(one.entry, []).append(one.text)
    asked = [
        {"intent": f"{INTENT}/{entry}", "examples": [{"text": text} for text in texts]}
        for entry, texts in questions.items()
    ]
    selector = {"retrieval_intent": INTENT, "epochs": epochs, "random_seed": SEED, "constrain_similarities": True}
    pipeline = [
        {"name": "JiebaTokenizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", **CHARACTERS},
        {"name": "ResponseSelector", **selector},
    ]
    return {
        "config.yml": {"recipe": "default.v1", "language": "zh", "assistant_id": "comparison", "pipeline": pipeline},
        "domain.yml": {
            "version": "3.1",
            "intents": [INTENT],
            "responses": {f"utter_{INTENT}/{entry}": [{"text": leads[entry]}] for entry in questions},
        },
        "nlu.yml": {"version": "3.1", "nlu": asked},
    }
