"""Why an evaluation cannot be trusted or cannot run; each is one sentence for whoever started it."""


class EvaluationError(Exception):
    """Nothing was measured; the message says what to do."""
