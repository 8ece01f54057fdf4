package cellar.client;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A scan under way, of which the batch behind the present one is always fetched already. Holds a connection until its last
 * batch came, or until it is closed. Not thread-safe.
 *
 * <p>Either iterate, or, where each nanosecond counts, {@code while (s.next()) use(s.current());}: the latter makes no object
 * for a cell.
 */
public final class Scanner implements Iterable<Cell>, AutoCloseable {
  private final BatchSource source;
  private final PackedCellsReader reader = new PackedCellsReader();
  private boolean closed;

  Scanner(BatchSource source) {
    this.source = source;
  }

  /** Goes to the next cell; false at the end. */
  public boolean next() {
    while (!reader.next()) {
      if (closed) return false;
      ByteBuffer batch = source.next();
      if (batch == null) return false;
      reader.reset(batch);
    }
    return true;
  }

  /** The cell of the last {@link #next}, as a view that moves with it. */
  public PackedCellsReader current() {
    return reader;
  }

  /** The cells from here on; all iterators are the same walk. */
  @Override
  public Iterator<Cell> iterator() {
    return new Iterator<Cell>() {
      private Cell ahead;

      @Override
      public boolean hasNext() {
        if (ahead == null && Scanner.this.next()) ahead = reader.cell();
        return ahead != null;
      }

      @Override
      public Cell next() {
        if (!hasNext()) throw new NoSuchElementException();
        Cell cell = ahead;
        ahead = null;
        return cell;
      }
    };
  }

  @Override
  public void close() {
    closed = true;
    reader.end();
    source.close();
  }
}
