"""`wenzheng evaluate answers`: counting, over a speaker that one can read, and the command on the running product."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from conversations.tables import channel_keys, conversations
from evaluation import answers
from evaluation.errors import EvaluationError
from evaluation.service import service_of
from foundation.database import Database
from foundation.settings import Settings, load_settings
from tests.service import ROOT, Service

Answer = dict[str, Any]
Patch = pytest.MonkeyPatch


class Speaker:
    """Knows how a lost identity card is replaced, what it costs, and nothing else."""

    def __init__(self, knows: str = "身份证丢了怎么补") -> None:
        self.knows = knows
        self.opened: list[str] = []
        self.erased: list[str] = []

    def say(self, message: dict[str, Any], conversation: str | None = None) -> Answer:
        if conversation is None:
            conversation = f"c{len(self.opened)}"
            self.opened.append(conversation)
        known = message["text"] == self.knows
        origin = {"kind": "entry", "id": "id-card-lost"} if known else {"kind": "response", "id": "utter_no_answer"}
        text = "补身份证,40元" if known else "不知道"
        reply: dict[str, Any] = {"type": "card" if known else "text", "text": text, "facets": [], "origin": origin}
        evidence = [{"entry": "id-card-lost", "probability": 0.8 if known else 0.1}]
        outcome = "answered" if known else "no_answer"
        return {"conversation": conversation, "outcome": outcome, "replies": [reply], "evidence": evidence}

    def erase(self, conversation: str) -> None:
        self.erased.append(conversation)


def case(name: str, kind: str, *turns: Any, **expect: Any) -> dict[str, Any]:
    return {"id": name, "kind": kind, "turns": list(turns), "expect": expect}


CASES = [
    case("right", "answerable", "身份证丢了怎么补", entries=["id-card-lost"]),
    case("wrong", "unanswerable", "身份证丢了怎么补", outcomes=["no_answer"]),
    case("declined", "unanswerable", "明天下雨吗", outcomes=["no_answer"]),
    case("missed", "follow_up", "身份证丢了怎么补", {"text": "要带啥"}, entries=["id-card-lost"], facet="带什么"),
]


def test_answers_are_counted_in_the_form_of_the_contract() -> None:
    speaker = Speaker()
    found = answers.evaluate(speaker, CASES)
    assert list(found.result) == ["cases", "answered", "wrong", "declined", "right", "ece", "by_kind"]
    assert [found.result[name] for name in ("cases", "answered", "wrong", "declined", "right")] == [4, 2, 1, 2, 2]
    assert found.result["by_kind"]["unanswerable"] == {"cases": 2, "answered": 1, "wrong": 1, "declined": 1, "right": 1}
    # 0.8 was right once of twice; 0.1 was right once (the follow-up's entry) of twice
    assert found.result["ece"] == pytest.approx((0.6 + 0.8) / 4)
    assert speaker.erased == speaker.opened
    assert len(speaker.opened) == 1 + len(CASES)


def test_the_report_marks_the_threshold_that_is_in_force() -> None:
    found = answers.evaluate(Speaker(), CASES, answer_from=0.8)
    assert set(found.plots) == {"reliability.svg", "risk-coverage.svg"}
    assert all(f"({name})" in found.body for name in found.plots)
    # two of four cases reach it, and one of those is wrong
    assert "上线的门槛 0.80:50.0% 的题达到它,其中第一名不对的 50.0%" in found.body


def test_cases_of_unseen_entries_are_counted_apart() -> None:
    found = answers.evaluate(Speaker(), [CASES[0], CASES[2] | {"unseen": True}])
    assert found.result["unseen"] | {"ece": 0} == dict(zip(answers.COUNTED, (1, 0, 0, 1, 1), strict=True)) | {"ece": 0}
    assert found.result["seen"]["answered"] == 1


def test_what_is_written_holds_one_item_a_turn() -> None:
    line = answers.written(answers.evaluate(Speaker(), CASES).lines[3])
    assert list(line) == ["id", "replies", "leads", "outcomes", "evidence", "right"]
    assert line["replies"] == [["补身份证,40元"], ["不知道"]]
    assert line["outcomes"] == ["answered", "no_answer"]
    assert [turn[0]["probability"] for turn in line["evidence"]] == [0.8, 0.1]
    assert line["right"] is False


def test_a_service_that_knows_nothing_is_refused_instead_of_scored_zero() -> None:
    with pytest.raises(EvaluationError, match="身份证丢了怎么补"):
        answers.evaluate(Speaker(knows="别的"), CASES)


def settings_of(folder: Path, port: int, monkeypatch: Patch) -> Settings:
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(folder))
    monkeypatch.setenv("WENZHENG_PORT", str(port))
    return load_settings()


def test_without_a_service_one_sentence_says_so_and_no_key_stays(tmp_path: Path, monkeypatch: Patch) -> None:
    settings = settings_of(tmp_path, 9, monkeypatch)
    database = Database(settings.database_url)
    database.create_tables()
    with pytest.raises(EvaluationError, match="没有在运行"), service_of(settings) as service:
        service.say({"text": "您好"})
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(channel_keys)).scalar() == 0


def test_a_folder_without_a_database_is_not_the_service_s(tmp_path: Path, monkeypatch: Patch) -> None:
    settings = settings_of(tmp_path, 9, monkeypatch)
    with pytest.raises(EvaluationError, match="另一个数据库"), service_of(settings):
        pass


def test_the_command_judges_the_running_product_and_leaves_nothing_in_it(service: Service, tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.jsonl", tmp_path / "out.jsonl"
    asked = [
        case("a", "answerable", "身份证丢了怎么补", entries=["id-card-lost"], must_have_any=[["40元"]]),
        case("f", "follow_up", "身份证丢了怎么补", "要带啥", entries=["id-card-lost"], facet="带什么"),
        case("u", "unanswerable", "去泰国玩要不要签证", outcomes=["no_answer", "clarifying", "out_of_scope"]),
    ]
    cases.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked), encoding="utf-8")
    database = Database(f"sqlite:///{service.folder / 'wenzheng.db'}")
    before = _counts(database)
    ran = subprocess.run(
        [sys.executable, "-m", "commands", "evaluate", "answers", "--cases", str(cases), "--out", str(out), "--json"],
        cwd=ROOT,
        env=os.environ | service.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    figures = json.loads(ran.stdout)
    assert figures["cases"] == 3
    assert figures["by_kind"]["answerable"] == {"cases": 1, "answered": 1, "wrong": 0, "declined": 0, "right": 1}
    assert figures["by_kind"]["follow_up"]["right"] == 1
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["a", "f", "u"]
    assert [len(line["replies"]) for line in lines] == [1, 2, 1]
    assert _counts(database) == before


def _counts(database: Database) -> list[int]:
    with database.reading() as connection:
        counts = [select(func.count()).select_from(table) for table in (conversations, channel_keys)]
        return [connection.execute(count).scalar() for count in counts]
