"""The description of the interface names what there is, and nothing else."""

import json
import re
from typing import Any

import pytest
from flask import Flask

from tests.hotline.support import Desk
from web import create_app
from web.openapi import PREFIX

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def app(desk: Desk) -> Flask:
    return create_app(desk.settings)


@pytest.fixture
def description(app: Flask) -> Any:
    return app.test_client().get("/api/v1/openapi.json").get_json()


def test_every_address_under_api_is_described_and_every_described_one_exists(app: Flask, description: Any) -> None:
    there = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & METHODS
        if rule.rule.startswith("/api/v1/")
    }
    assert there == {(path, method) for path, about in description["paths"].items() for method in about}


def test_every_part_of_an_address_is_a_parameter(description: Any) -> None:
    for path, about in description["paths"].items():
        for operation in about.values():
            named = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path)), path


def test_every_schema_that_is_named_is_there_each_time(app: Flask, description: Any) -> None:
    assert app.test_client().get("/api/v1/openapi.json").get_json() == description
    named = set(re.findall(rf'"{PREFIX}(\w+)"', json.dumps(description)))
    assert named <= set(description["components"]["schemas"]) and len(named) > 5
