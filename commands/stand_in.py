"""The account of the demonstration: where none is connected, product and stand-in share a made-up one."""

import base64

from commands.preflight import simulator_port, uses_simulator
from foundation.settings import Settings
from hotline.access import keyed_digest

PAGE = "/wechat-platform/"
OF_AN_ACCOUNT = ("wechat_app_id", "wechat_app_secret", "wechat_token", "wechat_encoding_aes_key")


def stands_in(settings: Settings) -> bool:
    """True where the simulator runs and nobody has named an account, not even in part."""
    return uses_simulator(settings) and not any(getattr(settings, name) for name in OF_AN_ACCOUNT)


def account(settings: Settings) -> dict[str, str]:
    """The settings of the made-up account, the same at every start of an installation; none where it does not serve."""
    if not stands_in(settings):
        return {}
    platform = f"http://127.0.0.1:{simulator_port()}"
    return {
        "WENZHENG_WECHAT_APP_ID": f"wx{_made(settings, 'app id')[:16]}",
        "WENZHENG_WECHAT_APP_SECRET": _made(settings, "app secret")[:32],
        "WENZHENG_WECHAT_TOKEN": _made(settings, "token")[:32],
        "WENZHENG_WECHAT_ENCODING_AES_KEY": base64.b64encode(bytes.fromhex(_made(settings, "aes key"))).decode()[:43],
        "WENZHENG_WECHAT_API_BASE": platform,
        "WENZHENG_WECHAT_OAUTH_BASE": platform,
    }


def _made(settings: Settings, purpose: str) -> str:
    return keyed_digest(settings.secret_key, f"stand-in for WeChat\0{purpose}")
