"""Which request or socket the work at hand is done for, and what it has cost so far."""
