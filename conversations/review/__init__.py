"""Turns looked at afterwards: found, judged, sampled, and turned into cases."""
