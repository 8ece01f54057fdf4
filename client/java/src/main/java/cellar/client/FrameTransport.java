package cellar.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;

/**
 * Thrift's framed transport on one TCP connection, with a deadline for every wait, writing included. A frame that is read is an
 * array of its own, so that what points into it stays good. After an error the connection is of no use any more.
 */
final class FrameTransport extends TTransport {
  /** A request that no frame holds; the connection stays good. */
  static final class TooLarge extends TTransportException {
    private static final long serialVersionUID = 1;

    TooLarge(String message) {
      super(message);
    }
  }

  private static final int PIECE_BYTES = 128 * 1024;
  private static final int LARGEST_KEPT_OUTPUT = 1 << 20;
  private static final int LENGTH_BYTES = 4;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final int maxFrameBytes;
  private final TConfiguration configuration;
  private final ByteBuffer input = ByteBuffer.allocateDirect(PIECE_BYTES).limit(0);
  private byte[] output = new byte[1024];
  private int outputSize = LENGTH_BYTES;
  private byte[] frame = Bytes.NONE;
  private int position;
  private Deadline deadline;
  private boolean sent;

  private FrameTransport(SocketChannel channel, Selector selector, int maxFrameBytes, Deadline deadline) throws IOException {
    this.channel = channel;
    this.selector = selector;
    this.maxFrameBytes = maxFrameBytes;
    this.deadline = deadline;
    configuration = new TConfiguration(maxFrameBytes, maxFrameBytes, TConfiguration.DEFAULT_RECURSION_DEPTH);
    key = channel.register(selector, SelectionKey.OP_CONNECT);
  }

  static FrameTransport connect(String host, int port, int maxFrameBytes, Deadline deadline) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) throw new IOException("unknown host " + host);
    SocketChannel channel = SocketChannel.open();
    Selector selector = null;
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      selector = Selector.open();
      FrameTransport transport = new FrameTransport(channel, selector, maxFrameBytes, deadline);
      if (!channel.connect(address)) {
        while (!channel.finishConnect()) transport.await(SelectionKey.OP_CONNECT);
      }
      return transport;
    } catch (IOException | TTransportException | RuntimeException e) {
      if (selector != null) selector.close();
      channel.close();
      if (e instanceof RuntimeException) throw (RuntimeException) e;
      throw new IOException(host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  void setDeadline(Deadline deadline) {
    this.deadline = deadline;
  }

  /** The last request left whole, so that the other side may have acted on it. */
  boolean wasSent() {
    return sent;
  }

  /** Nothing was closed or said by the other side since the last answer. */
  boolean isQuiet() {
    if (!channel.isOpen() || input.hasRemaining() || position < frame.length) return false;
    try {
      input.clear();
      int count = channel.read(input);
      input.flip();
      return count == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private void await(int operation) throws IOException, TTransportException {
    long millis = deadline.remainingMillis();
    if (millis == 0) throw new TTransportException(TTransportException.TIMED_OUT, "no answer in time");
    key.interestOps(operation);
    selector.select(millis);
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) throw new IOException("interrupted");
  }

  // ---- Reading

  private void readFrame() throws TTransportException {
    byte[] head = new byte[LENGTH_BYTES];
    receive(head);
    int length = ByteBuffer.wrap(head).getInt();
    if (length <= 0 || length > maxFrameBytes) {
      throw new TTransportException(TTransportException.CORRUPTED_DATA, "a frame of " + length + " bytes");
    }
    byte[] next = new byte[length];
    receive(next);
    frame = next;
    position = 0;
  }

  private void receive(byte[] target) throws TTransportException {
    try {
      for (int done = 0; done < target.length;) {
        if (!input.hasRemaining()) {
          fill();
          continue;
        }
        int count = Math.min(input.remaining(), target.length - done);
        input.get(target, done, count);
        done += count;
      }
    } catch (IOException e) {
      throw new TTransportException(TTransportException.NOT_OPEN, e.getMessage(), e);
    }
  }

  private void fill() throws IOException, TTransportException {
    input.clear();
    int count = 0;
    try {
      while ((count = channel.read(input)) == 0) await(SelectionKey.OP_READ);
    } finally {
      input.flip();
    }
    if (count < 0) throw new TTransportException(TTransportException.END_OF_FILE, "the gateway closed the connection");
  }

  @Override
  public int read(byte[] target, int offset, int length) throws TTransportException {
    if (position == frame.length) readFrame();
    int count = Math.min(length, frame.length - position);
    System.arraycopy(frame, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public byte[] getBuffer() {
    return frame;
  }

  @Override
  public int getBufferPosition() {
    return position;
  }

  @Override
  public int getBytesRemainingInBuffer() {
    return frame.length - position;
  }

  @Override
  public void consumeBuffer(int length) {
    position += length;
  }

  /** A length that is said inside a frame cannot be larger than what is left of it. */
  @Override
  public void checkReadBytesAvailable(long count) throws TTransportException {
    if (count < 0 || count > frame.length - position) {
      throw new TTransportException(TTransportException.CORRUPTED_DATA, "a length of " + count + " in a frame of " + frame.length);
    }
  }

  @Override
  public void updateKnownMessageSize(long size) {}

  @Override
  public TConfiguration getConfiguration() {
    return configuration;
  }

  // ---- Writing

  @Override
  public void write(byte[] bytes, int offset, int length) throws TTransportException {
    long needed = (long) outputSize + length;
    if (needed - LENGTH_BYTES > maxFrameBytes) {
      outputSize = LENGTH_BYTES;
      throw new TooLarge("a request of more than " + maxFrameBytes + " bytes");
    }
    if (needed > output.length) {
      output = Arrays.copyOf(output, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * output.length)));
    }
    System.arraycopy(bytes, offset, output, outputSize, length);
    outputSize += length;
  }

  @Override
  public void flush() throws TTransportException {
    ByteBuffer out = ByteBuffer.wrap(output, 0, outputSize).putInt(0, outputSize - LENGTH_BYTES);
    int size = outputSize;
    outputSize = LENGTH_BYTES;
    sent = false;
    frame = Bytes.NONE;
    position = 0;
    try {
      while (out.position() < size) {
        out.limit(Math.min(size, out.position() + PIECE_BYTES));
        if (channel.write(out) == 0) await(SelectionKey.OP_WRITE);
      }
      sent = true;
    } catch (IOException e) {
      throw new TTransportException(TTransportException.NOT_OPEN, e.getMessage(), e);
    }
    if (output.length > LARGEST_KEPT_OUTPUT) output = new byte[1024];
  }

  /** Before a request: nothing of it was sent. */
  void beginRequest() {
    sent = false;
    outputSize = LENGTH_BYTES;
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void open() {}

  @Override
  public void close() {
    try {
      selector.close();
      channel.close();
    } catch (IOException e) {
      Connection.LOG.debug("closing a connection: {}", e.getMessage());
    }
  }
}
