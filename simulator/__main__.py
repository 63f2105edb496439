"""`python -m simulator` serves the simulated hotline and WeChat's platform on 127.0.0.1 until it is told to stop."""

import signal
import sys
from types import FrameType

from werkzeug.serving import make_server

from simulator.app import create_app
from simulator.settings import load_settings


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    settings = load_settings()
    server = make_server("127.0.0.1", settings.port, create_app(settings), threaded=True)
    signal.signal(signal.SIGTERM, _stop)
    print(f"示例热线模拟器:http://127.0.0.1:{settings.port}", flush=True)
    print(f"微信平台模拟器:http://127.0.0.1:{settings.port}/wechat-platform/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


def _stop(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
