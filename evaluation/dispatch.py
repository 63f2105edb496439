"""How well texts are sorted under labels: the product beside TF-IDF with a linear support vector machine."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from evaluation import plots
from evaluation.cases import Case
from evaluation.errors import EvaluationError
from evaluation.labelled import Labelled
from evaluation.metrics import accuracy, calibration_error, macro_f1, reliability, risk_at, risk_coverage
from evaluation.report import Findings, table
from hotline.catalogue import catalogue
from hotline.dispatch.automatic import lower_bound
from hotline.dispatch.classifier import BLOCKS, Texts, read
from hotline.dispatch.learning import HINTS, category_phrases, needed
from hotline.dispatch.training import RESTRAINTS, Learned, Phrases, learn
from hotline.dispatch.vectors import AsVectors
from hotline.dispatch.words import cleaned, words

RIGHT_AT_LEAST = 0.97
LEAST = 20  # rows above a level, or chance decides
MOST_DOUBTED = 0.1
ONE_ERROR = 1.0
SHOWN_MISSES = 50
KNOWN = {"路灯": ("路灯不亮", "路灯坏了好几天", "小区的路灯一闪一闪"), "工资": ("老板不发工资", "拖欠工资", "工钱没结")}
KNOWN_POSITIVE = ("楼下路灯又坏了", "路灯")


@dataclass(frozen=True)
class Sorter:
    """What the product sorts with: vectors, and what people say for each category of the catalogue."""

    as_vectors: AsVectors
    categories: Phrases

    @classmethod
    def of(cls, as_vectors: AsVectors) -> "Sorter":
        """Ready to learn; raises EvaluationError when it cannot tell a street light from unpaid wages."""
        sorter = cls(as_vectors, category_phrases(as_vectors))
        known = [Labelled(text, text, label, text) for label, texts in KNOWN.items() for text in texts]
        text, expected = KNOWN_POSITIVE
        learned = sorter.learned(known)
        got = learned.classifier.labels[int(learned.classifier.probabilities(sorter.read([text]))[0].argmax())]
        if got != expected:
            raise EvaluationError(f"连“{text}”都没有归到“{expected}”,没有评测。")
        return sorter

    def learned(self, rows: Sequence[Labelled]) -> Learned:
        """What labelled rows teach; categories of the catalogue bring their phrases, other labels their name."""
        texts, labels = self.read([row.text for row in rows]), [row.label for row in rows]
        try:
            return learn(texts, labels, [row.group for row in rows], self._phrases(labels), self.categories)
        except ValueError as error:
            raise EvaluationError("训练文件里至少要有两种 label。") from error

    def read(self, texts: Sequence[str]) -> Texts:
        """The texts with their vectors."""
        return read(texts, needed(texts, self.as_vectors))

    def _phrases(self, labels: Sequence[str]) -> Phrases:
        if set(labels) <= set(catalogue().categories):
            return self.categories
        of = {label: (label,) for label in sorted(set(labels))}
        return Phrases(of, needed(list(of), self.as_vectors))


def evaluate(sorter: Sorter, train: Sequence[Labelled], cases: Sequence[Labelled]) -> Findings:
    """Learn from one file, sort the other; raises EvaluationError when there is nothing to learn."""
    learned = sorter.learned(train)
    sure = sure_from(*learned.chances())
    chances = learned.classifier.probabilities(sorter.read([case.text for case in cases]))
    product = [learned.classifier.labels[place] for place in chances.argmax(axis=1)]
    baseline = support_vectors(train, cases)
    lines: list[Case] = [
        {"id": case.id, "text": case.text, "label": case.label, "got": got, "confidence": round(float(chance), 4)}
        | {"baseline": other}
        for case, got, chance, other in zip(cases, product, chances.max(axis=1), baseline, strict=True)
    ]
    stated = [(line["confidence"], line["label"] == line["got"]) for line in lines]
    share, wrong = risk_at(stated, sure.level)
    result = {
        "product": _figures(cases, product),
        "baseline": _figures(cases, baseline),
        "sure": {"share": round(share, 4), "accuracy": round(1 - wrong if share else 0.0, 4)},
    }
    drawn = {
        "reliability.svg": plots.reliability(reliability(stated)),
        "risk-coverage.svg": plots.risk_coverage(risk_coverage(stated), {"sure": (share, wrong)}),
    }
    return Findings(result, _body(result, lines, stated, sure), lines, drawn)


@dataclass(frozen=True)
class Sure:
    """From which confidence the product is sure, and the share of training labels that were taken to be wrong."""

    level: float
    doubted: float


def sure_from(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> Sure:
    """The lowest confidence above which rows agreed with their label often enough while left out; above 1 for none.

    Often enough even one standard error lower, because the best of many levels looks better than it is. Where not even
    the surest tenth agrees that often, some labels must be wrong: as many as disagree among the surest fifth are then
    discounted everywhere, a tenth at most.
    """
    order = np.argsort(-confidence, kind="stable")
    agreed = np.cumsum(right[order])
    shares = np.array([lower_bound(int(count), place, ONE_ERROR) for place, count in enumerate(agreed, 1)])
    tenth, fifth = len(order) // 10, len(order) // 5
    in_doubt = not (agreed[tenth:] >= RIGHT_AT_LEAST * np.arange(tenth + 1, len(order) + 1)).any()
    doubted = min(1 - float(agreed[fifth]) / (fifth + 1), MOST_DOUBTED) if in_doubt else 0.0
    good = np.flatnonzero(shares >= RIGHT_AT_LEAST * (1 - doubted))
    found = len(good) > 0 and good[-1] + 1 >= LEAST
    return Sure(float(confidence[order][good[-1]]) if found else 1.1, round(doubted, 4))


def support_vectors(train: Sequence[Labelled], cases: Sequence[Labelled]) -> list[str]:
    """What TF-IDF over words and a linear support vector machine, both as scikit-learn has them, make of the cases."""
    terms = TfidfVectorizer(analyzer=lambda text: words(cleaned(text)))
    try:
        model = LinearSVC(random_state=0).fit(
            terms.fit_transform([row.text for row in train]), [r.label for r in train]
        )
    except ValueError as error:
        raise EvaluationError("训练文件里没有可学的字。") from error
    return [str(label) for label in model.predict(terms.transform([case.text for case in cases]))]


def _figures(cases: Sequence[Labelled], got: Sequence[str]) -> dict[str, float]:
    pairs = [(case.label, label) for case, label in zip(cases, got, strict=True)]
    return {"accuracy": round(accuracy(pairs), 4), "macro_f1": round(macro_f1(pairs), 4)}


def _body(result: dict[str, Any], lines: list[Case], stated: list[tuple[float, bool]], sure: Sure) -> str:
    rows = [(name, result[name]["accuracy"], result[name]["macro_f1"]) for name in ("product", "baseline")]
    labels = sorted({line["label"] for line in lines})
    by_label = [
        (label, len(own), f"{sum(line['got'] == label for line in own) / len(own):.2f}")
        for label in labels
        for own in [[line for line in lines if line["label"] == label]]
    ]
    missed = [line for line in lines if line["got"] != line["label"]]
    listed = [(line["id"], line["text"][:80], line["label"], line["got"], line["confidence"]) for line in missed]
    level = f"不低于 {sure.level:.3f}" if sure.level <= 1 else "(没有这样的把握)"
    doubted = f"训练文件的标签估计有 {sure.doubted:.1%} 标错,不算在内。" if sure.doubted else ""
    return "\n\n".join(
        [
            f"{len(lines)} 段文字。product:上线的做法;baseline:TF-IDF 加线性支持向量机。",
            table(["系统", "准确率", "宏平均 F1"], rows),
            f"训练时留出的文字里,把握{level}的有 {RIGHT_AT_LEAST:.0%} 是对的。{doubted}",
            f"这里有 {result['sure']['share']:.1%} 达到它,其中对的 {result['sure']['accuracy']:.1%}。",
            f"校准误差(ECE){calibration_error(stated):.4f}。",
            "![横轴是说的把握,纵轴是对的比例](reliability.svg)",
            "![横轴是达到门槛的比例,纵轴是其中不对的比例](risk-coverage.svg)",
            "## 各类",
            table(["类", "段数", "对的比例"], by_label),
            f"## 归错的({len(missed)} 段,最多列 {SHOWN_MISSES} 段)",
            table(["题", "文字", "应为", "得到", "把握"], listed[:SHOWN_MISSES]),
        ]
    )


def basis() -> dict[str, Any]:
    """What the figures rest on besides the files."""
    hints = hashlib.sha256(HINTS.read_bytes()).hexdigest()
    return {"dispatch": {"blocks": BLOCKS, "restraints": RESTRAINTS, "right_at_least": RIGHT_AT_LEAST, "hints": hints}}


def both(findings: dict[str, Findings]) -> Findings:
    """Several evaluations as one, each under its name."""
    return Findings(
        {name: one.result for name, one in findings.items()},
        "\n\n".join(f"# {name}\n\n{one.body.replace('](', f']({name}-')}" for name, one in findings.items()),
        [{"set": name, **line} for name, one in findings.items() for line in one.lines],
        {f"{name}-{file}": plot for name, one in findings.items() for file, plot in one.plots.items()},
    )
