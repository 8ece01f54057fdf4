"""The ancestor's client, for programs that import it."""

__all__ = ["thriftclient"]
