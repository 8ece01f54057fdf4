"""The IDL has no constants."""
