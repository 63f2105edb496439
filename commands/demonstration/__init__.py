"""Making the demonstration: lives of tickets and conversations, lived on a moved clock, and taking them out again."""
