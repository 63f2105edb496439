"""`wenzheng evaluate dispatch` on a few texts, with the real model."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from commands.evaluate import evaluate
from evaluation import cases
from evaluation.dispatch import MOST_DOUBTED, support_vectors, sure_from
from evaluation.errors import EvaluationError
from evaluation.labelled import Labelled, read_csv
from knowledge.embedder import Embedder
from tests.hotline.dispatching import as_vectors, lines

TRAIN = {
    "出行": ["公交车等了一个小时", "出租车司机拒载还骂人", "网约车绕路多收钱", "长途汽车站没有候车椅", "公交车不停站"],
    "看病": ["医院挂号排了三小时队", "护士态度很差", "药费比外面贵一倍", "住院押金一直不退", "医生把片子看错了"],
    "上学": ["老师让家长交资料费", "学校食堂的饭里有虫", "孩子作业写到半夜", "幼儿园报不上名", "班上同学欺负我孩子"],
}
CASES = {
    "出行": ["打车司机不打表", "公交改线没通知"],
    "看病": ["专家号根本抢不到"],
    "上学": ["晚自习上到九点半", "校服太贵"],
}


@pytest.fixture(autouse=True)
def one_embedder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Every text is embedded once in a run of the tests."""
    as_vectors(["好"])
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr(Embedder, "__init__", lambda self, folder, threads=1: None)
    monkeypatch.setattr(Embedder, "queries", lambda self, texts: as_vectors(texts))
    yield


def written(path: Path, rows: list[tuple[str, str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([("id", "text", "label"), *rows])
    return path


def rows_of(texts: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    return [(f"{label}{place}", text, label) for label, own in texts.items() for place, text in enumerate(own)]


def run(folder: Path, train: list[tuple[str, str, str]], asked: list[tuple[str, str, str]], *more: str) -> Result:
    files = [("--train", written(folder / "train.csv", train)), ("--cases", written(folder / "cases.csv", asked))]
    given = [str(part) for pair in files for part in pair]
    return CliRunner().invoke(evaluate, ["dispatch", *given, *more])


def test_the_figures_come_in_the_form_of_the_contract_and_beat_the_baseline(tmp_path: Path) -> None:
    ran = run(tmp_path, rows_of(TRAIN), rows_of(CASES), "--json")
    assert ran.exit_code == 0, ran.output
    figures = json.loads(ran.stdout.splitlines()[-1])
    assert {name: set(part) for name, part in figures.items()} == {
        "product": {"accuracy", "macro_f1"},
        "baseline": {"accuracy", "macro_f1"},
        "sure": {"share", "accuracy"},
    }
    assert figures["product"]["accuracy"] > figures["baseline"]["accuracy"]
    assert figures["product"]["accuracy"] >= 0.8


def test_a_run_leaves_settings_results_cases_and_a_report(tmp_path: Path) -> None:
    assert run(tmp_path, rows_of(TRAIN), rows_of(CASES)).exit_code == 0
    (folder,) = (tmp_path / "var" / "evaluations").iterdir()
    held = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    assert set(held["files"]) == {"train", "cases"} and held["dispatch"]["blocks"]
    kept = [json.loads(line) for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["label"] for line in kept] == [label for _, _, label in rows_of(CASES)]
    assert all({"got", "confidence", "baseline"} <= set(line) for line in kept)
    assert "准确率" in (folder / "report.md").read_text(encoding="utf-8")


def test_empty_texts_single_rows_and_unknown_labels_do_no_harm(tmp_path: Path) -> None:
    train = [*rows_of(TRAIN), ("e", "", "出行"), ("one", "天上有飞碟", "其他"), ("again", TRAIN["出行"][0], "出行")]
    ran = run(tmp_path, train, [*rows_of(CASES), ("e", "", "看病"), ("n", "沙尘暴", "没学过的")], "--json")
    assert ran.exit_code == 0, ran.output
    assert 0 < json.loads(ran.stdout.splitlines()[-1])["product"]["accuracy"] < 1


def test_labels_may_be_mere_numbers(tmp_path: Path) -> None:
    numbered = [(name, text, str(list(TRAIN).index(label))) for name, text, label in rows_of(TRAIN)]
    ran = run(tmp_path, numbered, numbered, "--json")
    assert json.loads(ran.stdout.splitlines()[-1])["product"]["accuracy"] == 1


def test_line_breaks_quotes_byte_order_marks_and_other_columns_are_read(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes('\ufeffid,time,label,text\r\n1,x,a,"第一行\n第二行,说“""好""”"\r\n2,x,b,\r\n'.encode())
    assert [(row.id, row.text, row.label) for row in read_csv(path)] == [
        ("1", '第一行\n第二行,说“"好"”', "a"),
        ("2", "", "b"),
    ]
    assert read_csv(written(tmp_path / "old.csv", [("1", "路灯坏了", "市政")], "gb18030"))[0].text == "路灯坏了"


@pytest.mark.parametrize(
    ("content", "words"),
    [("id,text\n1,甲\n", "label"), ("id,text,label\n", "没有内容"), ("id,text,label\n7,甲,\n", "没有 label")],
)
def test_a_file_that_cannot_be_judged_is_refused_in_words(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "bad.csv").write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match=words):
        read_csv(tmp_path / "bad.csv")


def test_a_single_label_is_nothing_to_learn(tmp_path: Path) -> None:
    ran = run(tmp_path, rows_of({"出行": TRAIN["出行"]}), rows_of(CASES))
    assert (ran.exit_code, "两种" in ran.output) == (1, True)
    assert not (tmp_path / "var" / "evaluations").exists()


def test_one_file_without_the_other_is_a_mistake(tmp_path: Path) -> None:
    path = written(tmp_path / "train.csv", rows_of(TRAIN))
    assert CliRunner().invoke(evaluate, ["dispatch", "--train", str(path)]).exit_code == 2


def test_a_model_that_knows_nothing_is_not_evaluated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(self: Any, texts: list[str]) -> Any:
        return np.random.default_rng(len(texts)).normal(size=(len(texts), 384)).astype(np.float32)

    monkeypatch.setattr(Embedder, "queries", blind)
    monkeypatch.setattr("evaluation.dispatch.KNOWN_POSITIVE", ("楼下路灯又坏了", "工资"))
    ran = run(tmp_path, rows_of(TRAIN), rows_of(CASES))
    assert (ran.exit_code, "没有评测" in ran.output) == (1, True)


def test_without_files_the_tree_and_the_rehearsal_are_both_evaluated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [("park", "公园的长椅坏了"), ("park", "广场砖松了"), ("bus", "公交车不停站"), ("bus", "等车太久")]
    reports = [
        {"id": f"{leaf}-{place}", "leaf": leaf, "situation": f"{leaf}-{place}", "text": text}
        for place, (leaf, text) in enumerate(own)
    ]
    for split in ("development", "test"):
        (tmp_path / f"dispatch-{split}.jsonl").write_text(lines(reports), encoding="utf-8")
    for split, texts in (("train", TRAIN), ("test", CASES)):
        written(tmp_path / f"rehearsal-{split}.csv", rows_of(texts))
    monkeypatch.setattr(cases, "FOLDER", tmp_path)
    ran = CliRunner().invoke(evaluate, ["dispatch", "--json"])
    assert ran.exit_code == 0, ran.output
    figures = json.loads(ran.stdout.splitlines()[-1])
    assert list(figures) == ["tree", "rehearsal"]
    assert figures["tree"]["product"]["accuracy"] == 1


def test_sure_is_the_lowest_confidence_at_which_enough_were_right() -> None:
    confidence = np.linspace(1, 0, 100)
    right = np.array([True] * 50 + [False] * 50)
    assert sure_from(confidence, right).level == confidence[49]
    assert sure_from(confidence, ~right).level > 1
    few = np.array([True] * 15 + [False] * 85)  # they may be right by chance
    assert sure_from(confidence, few).level > 1


def test_wrong_labels_are_discounted_where_even_the_surest_rows_disagree() -> None:
    confidence = np.linspace(1, 0, 400)
    noisy = np.array([place % 20 != 0 for place in range(200)] + [False] * 200)
    found = sure_from(confidence, noisy)
    assert found.doubted == pytest.approx(0.05, abs=0.02)
    assert confidence[190] > found.level > confidence[215]
    assert sure_from(confidence, np.arange(400) % 2 == 0).doubted == MOST_DOUBTED


def test_the_baseline_is_a_plain_linear_machine_over_words() -> None:
    known = [Labelled(name, text, label, text) for name, text, label in rows_of(TRAIN)]
    assert support_vectors(known, known) == [row.label for row in known]


def test_no_situation_of_the_projects_own_reports_stands_on_both_sides() -> None:
    situations, texts = [], []
    for split in ("development", "test"):
        read = cases.read(cases.shipped("dispatch", split), "leaf", "situation", "text")
        situations.append({one["situation"] for one in read})
        texts.append({one["text"] for one in read})
        assert len({one["leaf"] for one in read}) == 150
        assert all(6 <= len(one["text"]) <= 300 for one in read)
    assert not situations[0] & situations[1] and not texts[0] & texts[1]


def test_the_rehearsal_has_500_rows_of_7_labels_on_each_side_and_shares_none() -> None:
    train, test = (read_csv(cases.FOLDER / f"rehearsal-{split}.csv") for split in ("train", "test"))
    assert (len(train), len(test)) == (500, 500)
    assert {row.label for row in train} == {row.label for row in test} and len({row.label for row in test}) == 7
    assert not {row.text for row in train} & {row.text for row in test}
