"""The same library for the terminal."""


def main() -> None:
    """Run a command."""
