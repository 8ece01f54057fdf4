"""The service of Client.thrift."""

from cellar.wire.stubs import client_class, stubs

from .ttypes import *  # noqa: F401,F403

Client = client_class(stubs("Client"))
