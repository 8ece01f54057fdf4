"""The service of Hql.thrift, which is the whole of the ancestor's API."""

import hyperthrift.gen.ClientService
from cellar.wire.stubs import client_class, stubs

from .ttypes import *  # noqa: F401,F403

Client = client_class(stubs("Hql"))
