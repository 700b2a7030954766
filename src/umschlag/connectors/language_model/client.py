"""Product texts from an OpenAI-compatible model, over Chat Completions.

Chat Completions is the surface that self-hosted servers share; the answer is checked here, since
not every server enforces the schema.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import openai
from openai.types.chat import ChatCompletion

from umschlag.connectors.language_model.parsing import TEXT_SCHEMA, messages_for, parse_text
from umschlag.connectors.transport import redacted
from umschlag.intelligence.content.model import Fault, Locale, ProductFacts, Written
from umschlag.kernel.errors import (
    LoginRejected,
    OutsideSystemFailed,
    UnexpectedAnswer,
    Unreachable,
)

NAME = "the language model"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPatience:
    """How long we wait for a text, and how often the call is repeated where that may help."""

    seconds: float = 60.0
    retries: int = 2


@dataclass(slots=True, kw_only=True)
class LanguageModel:
    """One model at one address."""

    base_url: str
    model: str
    api_key: str = field(repr=False)
    patience: ModelPatience = field(default_factory=ModelPatience)

    def write(
        self, facts: ProductFacts, locale: Locale, *, to_correct: Sequence[Fault] = ()
    ) -> Written:
        """Return the model's text for the facts.

        Raises:
            Unreachable: no answer in time, or too many requests, however often it was asked.
            LoginRejected: the key is not accepted.
            UnexpectedAnswer: the model refuses, stops halfway, or answers something else.
        """
        try:
            completion = self._ask(messages_for(facts, locale, to_correct))
        except openai.OpenAIError as error:
            raise self._told(error) from None
        usage = completion.usage
        return Written(
            text=parse_text(_content(completion)),
            writer=self.model,
            prompt_tokens=usage.prompt_tokens if usage else None,
            completion_tokens=usage.completion_tokens if usage else None,
        )

    def _ask(self, messages: list[dict[str, str]]) -> ChatCompletion:
        with openai.OpenAI(
            base_url=self.base_url,
            # Self-hosted servers ignore the key, but the library insists on one.
            api_key=self.api_key or "none",
            timeout=self.patience.seconds,
            max_retries=self.patience.retries,
        ) as client:
            return client.chat.completions.create(
                model=self.model,
                messages=cast("Any", messages),
                temperature=0.2,
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": "product_text", "strict": True, "schema": TEXT_SCHEMA},
                },
            )

    def _told(self, error: openai.OpenAIError) -> OutsideSystemFailed:
        text = redacted(f"{NAME}: {error}", (self.api_key,))
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return LoginRejected(f"{text}; check UMSCHLAG_LANGUAGE_MODEL_KEY")
        if isinstance(error, openai.NotFoundError):
            return UnexpectedAnswer(
                f"{text}; check UMSCHLAG_LANGUAGE_MODEL_URL and UMSCHLAG_LANGUAGE_MODEL_NAME"
            )
        if isinstance(
            error, openai.APIConnectionError | openai.RateLimitError | openai.InternalServerError
        ):
            return Unreachable(text)
        return UnexpectedAnswer(text)


def _content(completion: ChatCompletion) -> str:
    if not completion.choices:
        raise UnexpectedAnswer(f"{NAME} answered without a text")
    choice = completion.choices[0]
    if choice.message.refusal:
        raise UnexpectedAnswer(f"{NAME} refused: {choice.message.refusal}")
    if choice.finish_reason == "length":
        raise UnexpectedAnswer(f"{NAME} stopped in the middle of the text; allow it longer answers")
    if not choice.message.content:
        raise UnexpectedAnswer(f"{NAME} answered without a text")
    return choice.message.content
