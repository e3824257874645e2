"""Xiangbo, the learning site of a county's live-streaming and online-store training."""
