"""Measurements of the project: accuracy against exact values, speed, real input."""
