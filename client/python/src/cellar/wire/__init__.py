"""The Thrift layer: the IDL read at import, classes made of it, calls and replies as frames. No I/O."""
