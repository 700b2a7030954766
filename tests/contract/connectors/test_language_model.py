import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from builders.content import the_facts
from builders.serving import serving
from umschlag.connectors.language_model.client import LanguageModel, ModelPatience
from umschlag.intelligence.content.checks import faults_of
from umschlag.intelligence.content.model import Fault, Locale
from umschlag.intelligence.content.usecases import draft_text
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer, Unreachable
from umschlag.simulators.demo.access import LANGUAGE_MODEL_KEY, LANGUAGE_MODEL_NAME
from umschlag.simulators.language_model.app import Knobs, create_app


@pytest.fixture
def knobs():
    return Knobs()


@pytest.fixture
def address(knobs):
    with serving(create_app(None, knobs)) as url:
        yield f"{url}/v1"


def a_model(address, **values):
    return LanguageModel(
        **{
            "base_url": address,
            "model": LANGUAGE_MODEL_NAME,
            "api_key": LANGUAGE_MODEL_KEY,
            "patience": ModelPatience(seconds=10, retries=1),
            **values,
        }
    )


@pytest.mark.parametrize("locale", list(Locale))
def test_the_model_writes_what_the_facts_say(address, locale):
    written = a_model(address).write(the_facts(), locale)

    assert faults_of(written.text, the_facts()) == ()
    assert "Nordlicht" in written.text.title
    assert ("Gewicht: 1250 g" in written.text.bullets) == (locale is Locale.DE)


def test_usage_is_told(address):
    written = a_model(address).write(the_facts(), Locale.EN)

    assert written.prompt_tokens > written.completion_tokens > 0
    assert written.writer == LANGUAGE_MODEL_NAME


def test_usage_may_be_missing(address, knobs):
    knobs.tells_usage = False

    written = a_model(address).write(the_facts(), Locale.EN)

    assert written.prompt_tokens is None


def test_a_server_that_ignores_the_schema_is_understood(address, knobs):
    knobs.ignores_schema = True

    assert a_model(address).write(the_facts(), Locale.EN).text.bullets


def test_a_wrong_key_names_the_setting_and_does_not_show_the_key(address):
    with pytest.raises(LoginRejected, match="UMSCHLAG_LANGUAGE_MODEL_KEY") as refused:
        a_model(address, api_key="sk-very-secret").write(the_facts(), Locale.EN)

    assert "very-secret" not in str(refused.value)


def test_an_unknown_model_names_the_setting(address):
    with pytest.raises(UnexpectedAnswer, match="UMSCHLAG_LANGUAGE_MODEL_NAME"):
        a_model(address, model="another").write(the_facts(), Locale.EN)


def test_a_busy_model_is_asked_again(address, knobs):
    knobs.rate_limited = 1

    assert a_model(address).write(the_facts(), Locale.EN).text.title
    assert knobs.calls == 2


def test_a_model_that_stays_busy_is_unreachable(address, knobs):
    knobs.rate_limited = 9

    with pytest.raises(Unreachable):
        a_model(address).write(the_facts(), Locale.EN)


def test_a_server_that_is_not_there_is_unreachable():
    model = a_model("http://127.0.0.1:9/v1", patience=ModelPatience(seconds=2, retries=0))

    with pytest.raises(Unreachable):
        model.write(the_facts(), Locale.EN)


@pytest.mark.parametrize(
    ("fault", "words"), [("refuses", "refused"), ("stops_short", "in the middle")]
)
def test_half_an_answer_is_no_text(address, knobs, fault, words):
    setattr(knobs, fault, True)

    with pytest.raises(UnexpectedAnswer, match=words):
        a_model(address).write(the_facts(), Locale.EN)


def test_a_text_that_claims_too_much_is_corrected_once(address, knobs):
    knobs.replies = [
        {
            "title": "Nordlicht lamp, best price",
            "bullets": ["Lasts 10000 hours"],
            "description": "A lamp.",
        }
    ]

    draft = draft_text(the_facts(), Locale.EN, writer=a_model(address))

    assert draft.problems == ()
    assert draft.attempts == knobs.calls == 2


def test_what_is_wrong_is_told_to_the_model(address, knobs):
    model = a_model(address)

    first = model.write(the_facts(), Locale.EN)
    again = model.write(
        the_facts(), Locale.EN, to_correct=[Fault(place="title", message="too long")]
    )

    assert again.prompt_tokens > first.prompt_tokens


def a_server_that_answers(answer, status=200):
    async def complete(request):
        return JSONResponse(answer, status_code=status)

    return Starlette(routes=[Route("/chat/completions", complete, methods=["POST"])])


def a_completion(*choices):
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": choices}


@pytest.mark.parametrize(
    "answer",
    [
        a_completion(),
        a_completion(
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": None}}
        ),
        a_completion(
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ""}}
        ),
    ],
)
def test_an_answer_without_a_text_is_refused(answer):
    with (
        serving(a_server_that_answers(answer)) as url,
        pytest.raises(UnexpectedAnswer, match="text"),
    ):
        a_model(url).write(the_facts(), Locale.EN)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (404, UnexpectedAnswer, "UMSCHLAG_LANGUAGE_MODEL_NAME"),
        (403, LoginRejected, "UMSCHLAG_LANGUAGE_MODEL_KEY"),
        (400, UnexpectedAnswer, "too many tokens"),
        (500, Unreachable, "too many tokens"),
    ],
)
def test_a_refusal_is_told_by_its_kind_and_never_shows_the_key(status, error, words):
    answer = {"error": {"message": "too many tokens for sk-very-secret"}}

    with serving(a_server_that_answers(answer, status)) as url, pytest.raises(error) as refused:
        a_model(url, api_key="sk-very-secret", patience=ModelPatience(retries=0)).write(
            the_facts(), Locale.EN
        )

    assert words in str(refused.value)
    assert "very-secret" not in str(refused.value)
