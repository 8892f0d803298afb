"""The what-if app."""
