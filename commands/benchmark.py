"""`wenzheng benchmark`: how long an answer takes and how much memory the service holds."""

import click

from commands.evaluate import kindly, show, with_json
from foundation.settings import load_settings


@click.command()
@click.option("--messages", type=click.IntRange(10, 2000), default=200, show_default=True, help="每种最多发几条消息")
@click.option("--seconds", type=click.IntRange(10, 3600), default=300, show_default=True, help="计时最多多少秒")
@with_json
def benchmark(messages: int, seconds: int, as_json: bool) -> None:
    """测速:完整答复、裸 Rasa、只算向量,同一轮里轮流计时;再量各进程的内存。服务要正在运行。"""
    from evaluation import bare, cases, processes, report
    from evaluation.benchmark import contenders, findings, measure
    from evaluation.service import Answer, service_of
    from knowledge.embedder import Embedder

    settings = load_settings()
    asked = cases.shipped("retrieval", "development")
    with kindly():
        questions = [case["question"] for case in cases.read(asked, "question")]
        answers: list[Answer] = []
        with service_of(settings) as service, bare.running(settings.data_dir / "bare_bot") as bot:
            ways = contenders(service, bot, Embedder(settings.model_dir), answers)
            taken = measure(ways, questions, messages, seconds)
            held = processes.of_service(settings.port)
            for answer in answers:
                service.erase(answer["conversation"])
    found = findings(taken, answers, held)
    rested_on = report.basis(settings, cases=asked) | {"messages": messages, "seconds": seconds}
    show(found, report.save(settings, "benchmark", rested_on, found), as_json)
