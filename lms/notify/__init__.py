"""Messages to people: on the site in their inbox, on their phones by the SMS outbox."""
