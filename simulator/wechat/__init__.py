"""A stand-in for WeChat's platform, for demonstration and tests: it speaks the official accounts' protocol."""
