"""The ancestor's stubs, under the names its programs import."""
