"""The official account: WeChat's protocol, and what is sent to whom by which way. It knows no pages."""
