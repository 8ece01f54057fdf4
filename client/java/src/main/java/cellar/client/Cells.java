package cellar.client;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Some cells, all of them here: a row, or what a statement answered. Immutable. */
public final class Cells implements Iterable<Cell> {
  static final Cells NONE = new Cells(Collections.emptyList());

  private final List<Cell> cells;

  private Cells(List<Cell> cells) {
    this.cells = Collections.unmodifiableList(cells);
  }

  static Cells ofList(List<Cell> cells) {
    return new Cells(cells);
  }

  static Cells of(ByteBuffer packed) {
    List<Cell> cells = new ArrayList<>();
    PackedCellsReader reader = new PackedCellsReader(packed);
    while (reader.next()) cells.add(reader.cell());
    return new Cells(cells);
  }

  public List<Cell> list() {
    return cells;
  }

  public int size() {
    return cells.size();
  }

  public boolean isEmpty() {
    return cells.isEmpty();
  }

  /** The row that all these cells are of, where they are of one: of {@link Table#get} and {@link Scanner#rows}. */
  public byte[] row() {
    return first().row();
  }

  public String rowString() {
    return first().rowString();
  }

  private Cell first() {
    if (cells.isEmpty()) throw new NoSuchElementException("no cells, and so no row");
    return cells.get(0);
  }

  /** The first cell of a column, which is its newest. */
  public Optional<Cell> cell(String family, String qualifier) {
    return cell(family, Bytes.utf8(qualifier));
  }

  public Optional<Cell> cell(String family, byte[] qualifier) {
    return cells.stream().filter(cell -> cell.isColumn(family, qualifier)).findFirst();
  }

  /** Its value. */
  public Optional<byte[]> value(String family, String qualifier) {
    return cell(family, qualifier).map(Cell::value);
  }

  /** Its value as text. */
  public Optional<String> text(String family, String qualifier) {
    return cell(family, qualifier).map(Cell::valueString);
  }

  @Override
  public Iterator<Cell> iterator() {
    return cells.iterator();
  }

  @Override
  public String toString() {
    return cells.toString();
  }
}
