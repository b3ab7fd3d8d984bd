"""From a stranger's side: who gets where, by every address, every button and every message."""
