"""What everything else stands on: settings, the clock, the database, and the privacy of identifying numbers."""
