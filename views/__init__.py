"""What the planner sees: one page a file, and what the pages share. No formula lives here."""
