"""Keeps what people say from the disk."""
