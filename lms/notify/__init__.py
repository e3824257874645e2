"""Messages to people: the SMS outbox."""
