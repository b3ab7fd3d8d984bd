"""The events of the log: their data, their texts, and their JSON Schema."""
