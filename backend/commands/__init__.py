"""What the `crossdock` command does, a module for each; cli.py only names them. Imported by cli alone."""
