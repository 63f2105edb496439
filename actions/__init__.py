"""What Rasa asks to be done: thin steps that read evidence and slots, call knowledge or hotline, and say the reply."""
