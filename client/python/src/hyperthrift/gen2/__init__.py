"""Hql.thrift."""

__all__ = ["ttypes", "constants", "HqlService"]
