"""Artefacts into pixels."""
