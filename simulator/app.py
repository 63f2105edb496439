"""The simulated hotline's pages and programs' interface; beside them, WeChat's platform."""

import time
from typing import Any

from flask import Flask, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from simulator.behaviour import Behaviour, behaviour_from
from simulator.callbacks import TYPES, call_back
from simulator.database import File
from simulator.record import Record
from simulator.settings import Settings
from simulator.signing import is_genuine
from simulator.wechat import api, interface, pages, sns
from simulator.wechat.platform import Platform
from simulator.wechat.tables import TABLES

MAX_BODY_BYTES = 1_000_000


class Simulator:
    """One running stand-in: its settings, its record, and how it behaves at the moment."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.record = Record(settings.database)
        self.behaviour = Behaviour()

    def receive(self) -> ResponseReturnValue:
        """Verify, record once, answer; or fail as the switches ask."""
        webhook_id = request.headers.get("webhook-id", "")
        if not is_genuine(self.settings.hotline_secrets, dict(request.headers), request.get_data()):
            return self._answer(webhook_id, 401, {"error": "signature"}, valid=False)
        act = self.behaviour.draw()
        if act == "fail":
            return self._fail(webhook_id)
        body = _message(request.get_json(silent=True))
        if body is None:
            return self._answer(webhook_id, 400, {"error": "body"})
        first = self.record.process(webhook_id, body)
        if act == "timeout":
            # Processed, but the answer comes too late: the case in which a sender must not double the work.
            time.sleep(self.behaviour.timeout_seconds)
        return self._answer(webhook_id, 200, {"repeat": not first})

    def _fail(self, webhook_id: str) -> ResponseReturnValue:
        answer, status = self._answer(webhook_id, self.behaviour.status, {"error": "told to fail"})
        if self.behaviour.retry_after is not None:
            answer.headers["Retry-After"] = str(self.behaviour.retry_after)
        return answer, status

    def _answer(self, webhook_id: str, status: int, content: dict[str, Any], valid: bool = True) -> tuple[Any, int]:
        note = "repeat" if content.get("repeat") else str(content.get("error", ""))
        self.record.note_attempt(webhook_id, valid, status, note)
        return jsonify(content), status


def create_app(settings: Settings) -> Flask:
    """Return the application of a simulator with a record of its own."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # only the default provider has it, and we use that one
    simulator = Simulator(settings)
    app.add_url_rule("/webhook", "webhook", simulator.receive, methods=["POST"])
    app.register_error_handler(LookupError, lambda error: (jsonify({"error": str(error)}), 503))
    app.register_error_handler(ValueError, lambda error: (jsonify({"error": str(error)}), 400))
    app.before_request(_refuse_other_sites)
    _add_interface(app, simulator)
    _add_pages(app, simulator)
    platform = Platform(settings.account, File(settings.database, TABLES))
    for part in (api, sns, interface, pages):
        app.register_blueprint(part.blueprint(platform))
    return app


def _add_interface(app: Flask, simulator: Simulator) -> None:
    @app.get("/api/tickets")
    def api_tickets() -> ResponseReturnValue:
        return jsonify({"tickets": simulator.record.tickets()})

    @app.get("/api/tickets/<number>")
    def api_ticket(number: str) -> ResponseReturnValue:
        ticket = simulator.record.ticket(number)
        return (jsonify(ticket), 200) if ticket else (jsonify({"error": "unknown ticket"}), 404)

    @app.post("/api/tickets/<number>/callbacks")
    def api_call_back(number: str) -> ResponseReturnValue:
        return jsonify(call_back(simulator.settings, simulator.record, number, _json_object()))

    @app.get("/api/behaviour")
    def api_behaviour() -> ResponseReturnValue:
        return jsonify(vars(simulator.behaviour))

    @app.post("/api/behaviour")
    def api_behave() -> ResponseReturnValue:
        simulator.behaviour = behaviour_from(_json_object())
        return jsonify(vars(simulator.behaviour))


def _add_pages(app: Flask, simulator: Simulator) -> None:
    @app.get("/")
    def tickets() -> ResponseReturnValue:
        record = simulator.record
        return render_template("tickets.html", tickets=record.tickets(), refused=record.refused(), labels=TYPES)

    @app.get("/tickets/<number>")
    def ticket(number: str) -> ResponseReturnValue:
        found = simulator.record.ticket(number) or abort(404)
        return render_template("ticket.html", ticket=found, labels=TYPES)

    @app.post("/tickets/<number>/callbacks")
    def ticket_call_back(number: str) -> ResponseReturnValue:
        call_back(simulator.settings, simulator.record, number, request.form.to_dict())
        return redirect(url_for("ticket", number=number, _anchor="callbacks"))


def _refuse_other_sites() -> None:
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and request.method == "POST":
        abort(403)


def _json_object() -> dict[str, Any]:
    content = request.get_json(silent=True)
    if isinstance(content, dict):
        return content
    raise ValueError("a JSON object is expected")


def _message(content: Any) -> dict[str, Any] | None:
    match content:
        case {"type": str(), "data": {"ticket": str(), "sequence": int()}}:
            return dict(content)
    return None
