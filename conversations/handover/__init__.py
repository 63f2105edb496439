"""A person takes the conversation over: the queue, who is there to take, and what both sides say meanwhile."""
