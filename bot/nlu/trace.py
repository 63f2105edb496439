"""Last in the pipeline: trims what Rasa stores of a message and hands intent and evidence to the channel."""

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.emergency import DANGER
from bot.nlu.evidence import KNOWLEDGE
from bot.nlu.step import Step
from bot.turn import current_turn

KEPT_INTENTS = 3  # the ranking of all intents is the largest part of a stored event


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TurnTrace(Step):
    """Leaves three intents in the ranking, and intent, evidence and danger with the turn."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = message.get("intent_ranking") or []
            message.set("intent_ranking", ranking[:KEPT_INTENTS], add_to_output=True)
            turn = current_turn.get()
            if turn is not None:
                turn["intent"] = message.get(INTENT)
                turn["intent_ranking"] = ranking[:KEPT_INTENTS]
                turn["knowledge"] = message.get(KNOWLEDGE)
                turn["danger"] = message.get(DANGER)
        return messages
