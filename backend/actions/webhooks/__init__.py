"""Webhooks: made, changed, and what happens is sent to them."""
