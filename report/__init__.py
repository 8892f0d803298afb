"""Plans and comparisons as documents, tables and pictures."""
