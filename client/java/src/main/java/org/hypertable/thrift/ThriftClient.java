package org.hypertable.thrift;

import org.apache.thrift.TConfiguration;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;
import org.apache.thrift.transport.layered.TFramedTransport;
import org.hypertable.thriftgen.HqlService;

/** One connection to a gateway, with its methods. For one thread at a time. */
public class ThriftClient extends HqlService.Client implements AutoCloseable {
  public static final int DEFAULT_TIMEOUT_MS = 1_600_000;
  public static final int DEFAULT_FRAME_BYTES = 16_384_000;

  private final TTransport transport;

  public ThriftClient(TProtocol protocol) {
    super(protocol);
    transport = protocol.getTransport();
  }

  public static ThriftClient create(String host, int port) throws TTransportException, TException {
    return create(host, port, DEFAULT_TIMEOUT_MS, true);
  }

  public static ThriftClient create(String host, int port, int timeout_ms, boolean do_open)
      throws TTransportException, TException {
    return create(host, port, timeout_ms, do_open, DEFAULT_FRAME_BYTES);
  }

  public static ThriftClient create(String host, int port, int timeout_ms, boolean do_open, int framesize)
      throws TTransportException, TException {
    TConfiguration limits = new TConfiguration(Math.max(framesize, TConfiguration.DEFAULT_MAX_MESSAGE_SIZE), framesize,
        TConfiguration.DEFAULT_RECURSION_DEPTH);
    TTransport framed = new TFramedTransport(new TSocket(limits, host, port, timeout_ms), framesize);
    ThriftClient client = new ThriftClient(new TBinaryProtocol(framed));
    if (do_open) client.open();
    return client;
  }

  public void open() throws TTransportException, TException {
    if (!transport.isOpen()) transport.open();
  }

  @Override
  public void close() {
    transport.close();
  }
}
