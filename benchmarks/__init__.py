"""The scripts behind every published number."""
