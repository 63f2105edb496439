"""The Rasa side: how a message is understood, and the guarded channel through which it comes."""
