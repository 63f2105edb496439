"""How gunicorn serves the web: one process of threads. An open stream holds a thread for as long as it lives."""

import logging

from foundation.settings import load_settings
from web.streams import OPEN_STREAMS
from web.wechat_channel import HELD

logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
logging.getLogger("hotline").setLevel(logging.INFO)  # who of the staff saw or changed what

REQUESTS = 16

bind = f"0.0.0.0:{load_settings().port}"
workers = 1
worker_class = "gthread"
threads = OPEN_STREAMS + HELD + REQUESTS  # a request of WeChat's holds one while its answer is made
timeout = 60
graceful_timeout = 3  # less than honcho waits before it kills
control_socket_disable = True
