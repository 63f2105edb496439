"""What the city knows: entries, where they rest, how they are found, and how sure a find is. Knows no chat."""
