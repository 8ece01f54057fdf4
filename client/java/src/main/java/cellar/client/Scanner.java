package cellar.client;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A scan under way, of which the batch behind the present one is always fetched already. Holds a connection until its last
 * batch came, or until it is closed. Not thread-safe.
 *
 * <p>Either iterate over cells, or over {@link #rows}, or, where each nanosecond counts, {@code while (s.next()) use(s.current());}: the latter makes no object
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

  /** The rows from here on, each whole in memory; the same walk as the cells'. */
  public Iterable<Cells> rows() {
    return () -> new RowIterator(iterator());
  }

  /** The cells from here on. Closing the stream closes the scanner. */
  public Stream<Cell> stream() {
    return StreamSupport.stream(spliterator(), false).onClose(this::close);
  }

  /** Cells of one row after the other, with the first cell of the next row in hand. */
  private static final class RowIterator implements Iterator<Cells> {
    private final Iterator<Cell> cells;
    private Cell ahead;

    RowIterator(Iterator<Cell> cells) {
      this.cells = cells;
    }

    @Override
    public boolean hasNext() {
      return ahead != null || cells.hasNext();
    }

    @Override
    public Cells next() {
      Cell first = ahead != null ? ahead : cells.next();
      List<Cell> row = new ArrayList<>();
      ahead = first;
      while (ahead != null && ahead.isOfRow(first)) {
        row.add(ahead);
        ahead = cells.hasNext() ? cells.next() : null;
      }
      return Cells.ofList(row);
    }
  }

  @Override
  public void close() {
    closed = true;
    reader.end();
    source.close();
  }
}
