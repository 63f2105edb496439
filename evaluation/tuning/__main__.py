"""`python -m evaluation.tuning`: tune the default model and write the difference that the project ships."""

from evaluation.tuning.train import main

main()
