"""Crossdock: orders, stock and money of every channel, in one place."""
