"""The rules of media: states, captions, what is taken and made, byte ranges, tickets."""
