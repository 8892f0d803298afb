"""The commands of the terminal: a file a stage, options and printing shared."""
