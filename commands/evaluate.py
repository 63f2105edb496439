"""`wenzheng evaluate`: how good the answers are, on written cases."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from evaluation.errors import EvaluationError
from foundation.settings import Settings, load_settings

if TYPE_CHECKING:
    from evaluation.report import Findings

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
with_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON")
SPLITS = click.Choice(["test", "development"])
with_split = click.option("--split", type=SPLITS, default="test", show_default=True, help="没给题目时,用自带的哪一份")
with_cases = click.option("--cases", type=FILE, help="题目,每行一个 JSON;不给就用自带的")


@click.group()
def evaluate() -> None:
    """用写好的题目评测;设置、结果和报告一起存进数据目录的 evaluations。"""


@evaluate.command()
@click.option("--documents", type=FILE, help="被检索的文档,每行一个 JSON;不给就用已发布的条目")
@with_cases
@with_split
@click.option("--response-selector", is_flag=True, help="再和 Rasa 自带的 ResponseSelector 比;要训练几分钟")
@with_json
def retrieval(documents: Path | None, cases: Path | None, split: str, response_selector: bool, as_json: bool) -> None:
    """检索:按词、按向量、上线的配比,三者并排。"""
    from evaluation import cases as files
    from evaluation import report, retrieval, searchable
    from evaluation.response_selector import trained
    from evaluation.systems import systems
    from knowledge.embedder import Embedder

    if documents and not cases:
        raise click.UsageError("给了 --documents,也要给 --cases。")
    if documents and response_selector:
        raise click.UsageError("--response-selector 只能和已发布的条目一起用。")
    settings = load_settings()
    asked = cases or files.shipped("retrieval", split)
    base, shipped = report.base_folder(settings.model_dir), settings.model_dir
    with kindly(), ExitStack() as stack:
        questions = files.read(asked, "question", "relevant")
        if documents:
            found = searchable.documents(files.read(documents, "title", "text"), base, shipped)
        else:
            found = searchable.entries(_snapshot(settings), base, shipped)
        product = Embedder(shipped)
        ways = systems(found, product if base == shipped else Embedder(base), product)
        if response_selector:
            ways["response_selector"] = stack.enter_context(trained(found.passages)).rank
        findings = retrieval.evaluate(found, ways, questions)
    rested_on = report.basis(settings, cases=asked, **({"documents": documents} if documents else {}))
    show(findings, report.save(settings, "retrieval", rested_on, findings), as_json)


@evaluate.command()
@with_cases
@with_split
@with_json
def routing(cases: Path | None, split: str, as_json: bool) -> None:
    """去向:一句话是来问事、反映问题,还是闲聊;不用启动服务。"""
    from evaluation import routing

    _understand("routing", cases, split, as_json, routing.evaluate, "route")


@evaluate.command()
@with_cases
@with_split
@with_json
def emergencies(cases: Path | None, split: str, as_json: bool) -> None:
    """紧急情况:有危险是不是先给对了号码,没危险有没有虚惊;不用启动服务。"""
    from evaluation import emergencies

    _understand("emergency", cases, split, as_json, emergencies.evaluate, "danger")


@evaluate.command()
@click.option("--train", type=FILE, help="学习用的 CSV,列 id,text,label;不给就用自带的两份")
@click.option("--cases", type=FILE, help="评测用的 CSV,列 id,text,label")
@with_json
def dispatch(train: Path | None, cases: Path | None, as_json: bool) -> None:
    """派单:学过一份归了类的文字,另一份归得对不对,和 TF-IDF 加线性支持向量机并排。"""
    import os

    from evaluation import dispatch, labelled, report
    from evaluation.cases import FOLDER, shipped
    from knowledge.embedder import Embedder

    if bool(train) != bool(cases):
        raise click.UsageError("--train 和 --cases 要一起给。")
    settings = load_settings()
    with kindly():
        sorter = dispatch.Sorter.of(Embedder(settings.model_dir, threads=os.cpu_count() or 1).queries)
        if train and cases:
            files = {"train": train, "cases": cases}
            findings = dispatch.evaluate(sorter, labelled.read_csv(train), labelled.read_csv(cases))
        else:
            reports = shipped("dispatch", "development"), shipped("dispatch", "test")
            letters = FOLDER / "rehearsal-train.csv", FOLDER / "rehearsal-test.csv"
            files = dict(zip(("reports", "report_cases", "letters", "letter_cases"), (*reports, *letters), strict=True))
            tree = dispatch.evaluate(sorter, *map(labelled.read_reports, reports))
            rehearsal = dispatch.evaluate(sorter, *map(labelled.read_csv, letters))
            findings = dispatch.both({"tree": tree, "rehearsal": rehearsal})
    rested_on = report.basis(settings, **files) | dispatch.basis()
    show(findings, report.save(settings, "dispatch", rested_on, findings), as_json)


@evaluate.command()
@with_cases
@with_split
@with_json
def reports(cases: Path | None, split: str, as_json: bool) -> None:
    """反映:一句话里的地点和事情读得对不对;不用启动服务。"""
    from evaluation import reports

    _understand("reports", cases, split, as_json, reports.evaluate, "place", "matter")


@evaluate.command()
@click.option("--largest", type=click.IntRange(1_000), default=1_000_000, show_default=True, help="最多到多少段")
@with_json
def growth(largest: int, as_json: bool) -> None:
    """增长:知识从一千段到一百万段,建索引、检索各要多久、占多少内存;一百万段要十几分钟。"""
    from evaluation import cases as files
    from evaluation import growth, report
    from knowledge import snapshot
    from knowledge.embedder import Embedder

    settings = load_settings()
    asked = files.shipped("retrieval", "development")
    sizes = [size for size in growth.SIZES if size <= largest]
    with kindly():
        questions = [case["question"] for case in files.read(asked, "question")]
        loaded = snapshot.load(_snapshot(settings))
        findings = growth.measure(loaded, Embedder(settings.model_dir), questions, sizes)
    rested_on = report.basis(settings, cases=asked) | {"sizes": sizes}
    show(findings, report.save(settings, "growth", rested_on, findings), as_json)


@evaluate.command()
@click.option("--cases", type=FILE, required=True, help="题目,每行一个 JSON")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="每道题的答复写到哪里")
@with_json
def answers(cases: Path, out: Path, as_json: bool) -> None:
    """问答:和正在运行的服务说话,每道题一个新会话,按最后一轮判断。"""
    from evaluation import answers, report
    from evaluation import cases as files
    from evaluation.service import service_of

    if not out.resolve().parent.is_dir():
        raise click.UsageError(f"没有文件夹 {out.parent}。")
    settings = load_settings()
    with kindly():
        questions = files.read(cases, "kind", "turns", "expect")
        with service_of(settings) as service:
            findings = answers.evaluate(service, questions, report.answer_from(settings))
    report.write_lines(out, map(answers.written, findings.lines))
    rested_on = report.basis(settings, cases=cases)
    show(findings, report.save(settings, "answers", rested_on, findings), as_json)


def _understand(
    kind: str, cases: Path | None, split: str, as_json: bool, judge: "Callable[..., Findings]", *needed: str
) -> None:
    """An evaluation of the trained model without the service."""
    from commands.prepare import RASA_MODEL
    from evaluation import cases as files
    from evaluation import report
    from evaluation.understanding import Understanding

    settings = load_settings()
    asked = cases or files.shipped(kind, split)
    with kindly():
        texts = files.read(asked, "text", *needed)
        findings = judge(Understanding(RASA_MODEL), texts)
    rested_on = report.basis(settings, RASA_MODEL, cases=asked)
    name = str(click.get_current_context().info_name)
    show(findings, report.save(settings, name, rested_on, findings), as_json)


def _snapshot(settings: Settings) -> Path:
    from knowledge.pointer import current

    folder = current(settings.data_dir / "snapshots")
    if folder is None:
        raise EvaluationError("还没有索引快照,请先运行 wenzheng prepare。")
    return folder


@contextmanager
def kindly() -> Iterator[None]:
    """Turns what an evaluation cannot do into one sentence and exit status 1."""
    from knowledge.embedder import ModelMissing

    try:
        yield
    except (EvaluationError, ModelMissing) as error:
        raise click.ClickException(str(error)) from error


def show(findings: "Findings", folder: Path, as_json: bool) -> None:
    """Print the figures for a program, or the report and where it lies for a person."""
    if as_json:
        click.echo(json.dumps(findings.result, ensure_ascii=False))
    else:
        click.echo(f"{findings.body}\n\n已存到 {folder}")
