"""A small world to try things in: what is in it (catalog, orders), and how it comes to be (world)."""
