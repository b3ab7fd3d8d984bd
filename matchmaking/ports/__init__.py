"""What matchmaking asks of apps above, which implement and register it."""
