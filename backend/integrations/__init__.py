"""The outside, one system a file, each behind a Protocol."""
