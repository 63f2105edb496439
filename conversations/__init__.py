"""One message through Rasa and back, and the record of turns."""
