"""Client.thrift."""

__all__ = ["ttypes", "constants", "ClientService"]
