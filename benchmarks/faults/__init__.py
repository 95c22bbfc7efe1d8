"""Campaigns of faults: hostile and damaged input, kills, full disks, failing methods, and what becomes of a report."""
