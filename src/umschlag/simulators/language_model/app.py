"""`POST /v1/chat/completions` and `GET /v1/models`, as an OpenAI-compatible server answers them."""

import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from umschlag.simulators.demo.access import LANGUAGE_MODEL_KEY, LANGUAGE_MODEL_NAME
from umschlag.simulators.language_model.writing import answer_text, filled

CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for the usage we tell; no tokenizer is behind it."""


@dataclass(kw_only=True, slots=True)
class Knobs:
    """Faults to turn on."""

    rate_limited: int = 0
    """How many calls are answered 429 first."""
    retry_after_seconds: float = 0.0
    failures: int = 0
    """How many calls are answered 500 first."""
    refuses: bool = False
    stops_short: bool = False
    ignores_schema: bool = False
    """As some hosted servers do: the text comes in a code fence, with a key more."""
    tells_usage: bool = True
    replies: list[dict[str, Any]] = field(default_factory=list)
    """Texts to answer with first, one a call, such as one that claims too much."""
    calls: int = 0


def create_app(world: object, knobs: Knobs | None = None) -> Starlette:
    """Return the server. The world is not needed: the model knows what the prompt tells."""
    del world
    turned = knobs or Knobs()

    async def complete(request: Request) -> Response:
        turned.calls += 1
        refusal = _refusal(request, turned)
        if refusal is not None:
            return refusal
        try:
            asked = await request.json()
        except json.JSONDecodeError:
            return _error(400, "We could not parse the JSON body of your request.")
        fault = _fault(asked)
        return fault or JSONResponse(_completion(asked, turned))

    async def models(request: Request) -> Response:
        refusal = _refusal(request, turned)
        listed = [{"id": LANGUAGE_MODEL_NAME, "object": "model", "created": 0, "owned_by": "demo"}]
        return refusal or JSONResponse({"object": "list", "data": listed})

    return Starlette(
        routes=[
            Route("/v1/chat/completions", complete, methods=["POST"]),
            Route("/v1/models", models),
        ]
    )


def _refusal(request: Request, knobs: Knobs) -> Response | None:
    if request.headers.get("authorization") != f"Bearer {LANGUAGE_MODEL_KEY}":
        return _error(401, "Incorrect API key provided.", code="invalid_api_key")
    if knobs.failures > 0:
        knobs.failures -= 1
        return _error(500, "The server had an error.", kind="server_error")
    if knobs.rate_limited > 0:
        knobs.rate_limited -= 1
        response = _error(429, "Rate limit reached.", code="rate_limit_exceeded", kind="requests")
        response.headers["retry-after"] = str(knobs.retry_after_seconds)
        response.headers["retry-after-ms"] = str(int(knobs.retry_after_seconds * 1000))
        return response
    return None


def _fault(asked: object) -> Response | None:
    if not isinstance(asked, dict) or not isinstance(asked.get("messages"), list):
        return _error(400, "Missing required parameter: 'messages'.", param="messages")
    if asked.get("model") != LANGUAGE_MODEL_NAME:
        message = f"The model '{asked.get('model')}' does not exist."
        return _error(404, message, code="model_not_found", param="model")
    return None


def _error(
    status: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    code: str | None = None,
    param: str | None = None,
) -> Response:
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return JSONResponse(body, status_code=status)


def _completion(asked: dict[str, Any], knobs: Knobs) -> dict[str, Any]:
    prompt = json.dumps(asked["messages"])
    text = knobs.replies.pop(0) if knobs.replies else answer_text(asked["messages"])
    content = _content(asked, text, knobs)
    message = {"role": "assistant", "content": content, "refusal": None}
    if knobs.refuses:
        message |= {"content": None, "refusal": "I cannot help with that."}
    completion: dict[str, Any] = {
        "id": "chatcmpl-" + hashlib.sha256(prompt.encode()).hexdigest()[:24],
        "object": "chat.completion",
        "created": int(time.time()),
        "model": LANGUAGE_MODEL_NAME,
        "choices": [
            {
                "index": 0,
                "message": message,
                "logprobs": None,
                "finish_reason": "length" if knobs.stops_short else "stop",
            }
        ],
    }
    if knobs.tells_usage:
        used = {
            "prompt_tokens": -(-len(prompt) // CHARACTERS_PER_TOKEN),
            "completion_tokens": -(-len(content) // CHARACTERS_PER_TOKEN),
        }
        completion["usage"] = {**used, "total_tokens": sum(used.values())}
    return completion


def _content(asked: dict[str, Any], text: dict[str, Any], knobs: Knobs) -> str:
    form = asked.get("response_format") or {}
    if knobs.ignores_schema:
        told = json.dumps({**text, "note": "hope this helps"}, ensure_ascii=False)
        return f"```json\n{told}\n```"
    if form.get("type") == "json_schema":
        text = filled(form.get("json_schema", {}).get("schema", {}), text)
    elif form.get("type") != "json_object":
        return str(text["description"])
    content = json.dumps(text, ensure_ascii=False)
    return content[: len(content) // 2] if knobs.stops_short else content
