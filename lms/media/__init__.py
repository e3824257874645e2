"""Videos: uploads, probing, renditions, captions and the bytes themselves."""
