"""Who works here: accounts, roles, sessions, and the one table of who may do what."""
