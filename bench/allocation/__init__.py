"""How near to hindsight the rules of allocation come, on generated worlds."""
