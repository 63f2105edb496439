"""Rasa's own ResponseSelector as a rival: trained on the entries' questions, and on nothing else."""

from typing import Any

import pytest

from evaluation.response_selector import ResponseSelector, project, trained
from knowledge.retriever import Passage

QUESTIONS = {
    "id-card-lost": ["身份证丢了怎么补", "身份证掉了咋办", "补办身份证要带什么", "身份证不见了去哪补"],
    "provident-fund-rent": [
        "公积金能付房租吗",
        "租房怎么提公积金",
        "租房提取公积金要什么材料",
        "没房子租房能取公积金不",
    ],
    "marriage-register": ["结婚登记要带什么", "领结婚证去哪", "领证要预约吗", "结婚证怎么办"],
}
PASSAGES = [
    passage
    for entry, questions in QUESTIONS.items()
    for passage in (
        Passage(entry, "title", f"{entry} 的标题"),
        Passage(entry, "lead", f"{entry} 的开头"),
        *(Passage(entry, "question", question) for question in questions),
        Passage(entry, "near_miss", "别的事怎么办"),
    )
]


def test_the_project_holds_each_entry_once_with_its_lead_and_its_questions() -> None:
    files = project(PASSAGES, 5)
    assert files["domain.yml"]["responses"]["utter_faq/id-card-lost"] == [{"text": "id-card-lost 的开头"}]
    asked = {one["intent"]: [example["text"] for example in one["examples"]] for one in files["nlu.yml"]["nlu"]}
    assert asked == {f"faq/{entry}": questions for entry, questions in QUESTIONS.items()}
    steps = files["config.yml"]["pipeline"]
    assert [step["name"] for step in steps] == ["JiebaTokenizer", *["CountVectorsFeaturizer"] * 2, "ResponseSelector"]
    assert steps[-1]["epochs"] == 5


def test_the_ranking_of_responses_is_a_ranking_of_entries() -> None:
    class Parser:
        def parse(self, text: str) -> dict[str, Any]:
            ranking = [{"intent_response_key": f"faq/{entry}", "confidence": 0.5} for entry in ("b", "a")]
            return {"response_selector": {"faq": {"ranking": ranking}}}

    assert ResponseSelector(Parser()).rank("问") == ["b", "a"]


@pytest.mark.prove
def test_a_trained_selector_ranks_the_right_entry_first() -> None:
    with trained(PASSAGES, epochs=30) as selector:
        assert selector.rank("我的身份证丢了,怎么补")[0] == "id-card-lost"
        assert set(selector.rank("租房提取公积金")) == set(QUESTIONS)
