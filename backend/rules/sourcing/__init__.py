"""Where an order's goods come from: the cheapest plan in money, proven, with its reasons. Pure."""
