"""The worker: a process that runs what is due."""

from worker.process import run

__all__ = ["run"]
