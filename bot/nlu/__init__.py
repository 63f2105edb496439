"""Components of the NLU pipeline, in the order of `config.yml`: embedding, entities, evidence, emergency, form guard, trace."""
