package cellar.client;

import cellar.thriftgen.CellarService;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransportException;
import org.apache.thrift.transport.layered.TFramedTransport;

/**
 * A gateway whose methods a test writes, and whose connections it breaks when it likes: for what a real one cannot be made to do
 * at a chosen moment.
 */
final class ScriptedGateway implements AutoCloseable {
  /** A method of the service. */
  interface Method {
    Object call(Object[] arguments) throws Exception;
  }

  /** Thrown by a method: the connection ends without an answer. */
  static final class HangUp extends TTransportException {
    private static final long serialVersionUID = 1;
  }

  private final Map<String, Method> methods = new ConcurrentHashMap<>();
  private final ServerSocket listener = new ServerSocket();
  private final Set<Socket> sockets = new HashSet<>();
  private boolean closed;
  private final Thread acceptor = new Thread(this::accept, "scripted-gateway");
  final AtomicInteger connections = new AtomicInteger();

  /** At a port, or a free one for 0. */
  ScriptedGateway(int port) throws Exception {
    this(port, Map.of());
  }

  /** With methods that the first who connects finds. */
  ScriptedGateway(int port, Map<String, Method> script) throws Exception {
    on("namespace_open", arguments -> 1L);
    methods.putAll(script);
    listener.setReuseAddress(true);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    acceptor.setDaemon(true);
    acceptor.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  ScriptedGateway on(String method, Method does) {
    methods.put(method, does);
    return this;
  }

  CellarOptions options() {
    return CellarOptions.at("127.0.0.1", port());
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        synchronized (sockets) {
          if (closed) socket.close();
          sockets.add(socket);
        }
        connections.incrementAndGet();
        Thread server = new Thread(() -> serve(socket), "scripted-connection");
        server.setDaemon(true);
        server.start();
      }
    } catch (java.io.IOException e) {
      // Closed by the test.
    }
  }

  private void serve(Socket socket) {
    CellarService.Iface handler = (CellarService.Iface) Proxy.newProxyInstance(getClass().getClassLoader(),
        new Class<?>[] {CellarService.Iface.class}, (proxy, method, arguments) -> {
          Method does = methods.get(method.getName());
          if (does == null) throw new TApplicationException(TApplicationException.UNKNOWN_METHOD, method.getName());
          return does.call(arguments);
        });
    CellarService.Processor<CellarService.Iface> processor = new CellarService.Processor<>(handler);
    try (socket) {
      TBinaryProtocol protocol = new TBinaryProtocol(new TFramedTransport(new TSocket(socket)));
      while (true) processor.process(protocol, protocol);
    } catch (TException | java.io.IOException e) {
      // Over, as the test or its client wished.
    }
  }

  /** Ends all connections, as a gateway that stops does. */
  void hangUp() throws Exception {
    synchronized (sockets) {
      for (Socket socket : sockets) socket.close();
      sockets.clear();
    }
  }

  @Override
  public void close() throws Exception {
    listener.close();
    synchronized (sockets) {
      closed = true;
    }
    acceptor.join();  // while it waits, the port still takes connections
    hangUp();
  }
}
