"""How gunicorn serves the web: one process of threads. An open stream holds a thread for as long as it lives."""

from foundation.settings import load_settings

OPEN_STREAMS = 64
REQUESTS = 16

bind = f"0.0.0.0:{load_settings().port}"
workers = 1
worker_class = "gthread"
threads = OPEN_STREAMS + REQUESTS
timeout = 60
graceful_timeout = 3  # less than honcho waits before it kills
control_socket_disable = True
