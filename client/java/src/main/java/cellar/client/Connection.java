package cellar.client;

import cellar.thriftgen.CellarService;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a gateway, used by one thread at a time. It keeps the ids of namespaces that it opened: an id means
 * something to one life of one gateway, and so does a connection.
 */
final class Connection {
  static final Logger LOG = LoggerFactory.getLogger(Cellar.class);

  final FrameTransport transport;
  final CellarService.Client client;
  private final Map<String, Long> namespaces = new HashMap<>();
  private boolean broken;

  Connection(String host, int port, int maxFrameBytes, Deadline deadline) throws IOException {
    transport = FrameTransport.connect(host, port, maxFrameBytes, deadline);
    client = new CellarService.Client(new TBinaryProtocol(transport));
  }

  /** The id of a namespace, opened at the first call. */
  long namespace(String path) throws TException {
    Long known = namespaces.get(path);
    if (known != null) return known;
    try {
      long id = client.namespace_open(path);
      namespaces.put(path, id);
      return id;
    } finally {
      transport.beginRequest();
    }
  }

  void forgetNamespaces() {
    namespaces.clear();
  }

  /** Good for another request. */
  boolean isUsable() {
    return !broken && transport.isQuiet();
  }

  void breakOff() {
    broken = true;
    transport.close();
  }

  boolean isBroken() {
    return broken;
  }
}
