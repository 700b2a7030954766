import httpx2
import pytest

from builders.serving import serving
from umschlag.simulators.demo.access import LANGUAGE_MODEL_KEY, LANGUAGE_MODEL_NAME
from umschlag.simulators.language_model.app import Knobs, create_app

QUESTION = {
    "model": LANGUAGE_MODEL_NAME,
    "messages": [{"role": "user", "content": '{"facts": {"name": "Lamp"}, "locale": "en"}'}],
}


@pytest.fixture
def knobs():
    return Knobs()


@pytest.fixture
def client(knobs):
    headers = {"authorization": f"Bearer {LANGUAGE_MODEL_KEY}"}
    with (
        serving(create_app(None, knobs)) as url,
        httpx2.Client(base_url=f"{url}/v1", headers=headers) as client,
    ):
        yield client


def asked(client, **values):
    return client.post("/chat/completions", json=QUESTION | values)


def test_the_same_question_has_the_same_answer(client):
    first, second = asked(client).json(), asked(client).json()

    assert first["choices"] == second["choices"]
    assert first["usage"]["total_tokens"] > 0


def test_without_a_schema_the_answer_is_prose(client):
    assert asked(client).json()["choices"][0]["message"]["content"] == "Lamp."


def test_every_property_of_a_schema_is_filled(client):
    schema = {
        "properties": {"title": {"type": "string"}, "score": {"type": "integer"}},
        "required": ["title", "score"],
    }
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}

    content = asked(client, response_format=form).json()["choices"][0]["message"]["content"]

    assert content == '{"title": "Lamp", "score": 0}'


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"model": "another"}, 404, "model_not_found"),
        ({"messages": "hello"}, 400, None),
    ],
)
def test_a_bad_question_has_an_error_in_the_usual_form(client, values, status, code):
    answer = asked(client, **values)

    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["code"] == code


def test_no_key_no_answer(client):
    answer = client.post("/chat/completions", json=QUESTION, headers={"authorization": "Bearer x"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")


def test_too_many_questions_say_when_to_come_back(client, knobs):
    knobs.rate_limited, knobs.retry_after_seconds = 1, 0.5

    answer = asked(client)

    assert answer.status_code == 429
    assert answer.headers["retry-after-ms"] == "500"


def test_the_models_are_listed(client):
    assert [model["id"] for model in client.get("/models").json()["data"]] == [LANGUAGE_MODEL_NAME]
