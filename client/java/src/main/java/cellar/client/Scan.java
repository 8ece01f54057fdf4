package cellar.client;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.hypertable.thriftgen.ColumnPredicate;
import org.hypertable.thriftgen.RowInterval;
import org.hypertable.thriftgen.ScanSpec;

/**
 * What to read. Starts from rows ({@link #all}, {@link #row}, {@link #rows}, {@link #prefix}), and is narrowed from there.
 * Immutable; each method gives another one. Cells come by row, family, qualifier, newest first.
 */
public final class Scan {
  private final ScanSpec spec;

  private Scan(ScanSpec spec) {
    this.spec = spec;
  }

  private Scan with(Consumer<ScanSpec> change) {
    ScanSpec copy = new ScanSpec(spec);
    change.accept(copy);
    return new Scan(copy);
  }

  private static Scan of(RowInterval interval) {
    ScanSpec spec = new ScanSpec();
    if (interval != null) spec.addToRow_intervals(interval);
    return new Scan(spec);
  }

  // ---- Rows

  public static Scan all() {
    return of(null);
  }

  public static Scan row(String row) {
    return row(Bytes.utf8(row));
  }

  public static Scan row(byte[] row) {
    return of(oneRow(row));
  }

  /** From {@code start} (with it; empty: from the first) to {@code end} (without it; null: to the last). */
  public static Scan rows(String start, String end) {
    return rows(Bytes.utf8(start), end == null ? null : Bytes.utf8(end));
  }

  public static Scan rows(byte[] start, byte[] end) {
    return of(interval(start, end, false));
  }

  public static Scan prefix(String prefix) {
    return prefix(Bytes.utf8(prefix));
  }

  public static Scan prefix(byte[] prefix) {
    return of(interval(prefix, Bytes.endOfPrefix(prefix), false));
  }

  /** And these rows, after those before. */
  public Scan andRow(String row) {
    return andRow(Bytes.utf8(row));
  }

  public Scan andRow(byte[] row) {
    if (!spec.isSetRow_intervals()) throw new IllegalStateException("this scan reads all rows already");
    return with(s -> s.addToRow_intervals(oneRow(row)));
  }

  private static RowInterval oneRow(byte[] row) {
    if (row.length == 0) throw new CellarException(ErrorCode.BAD_KEY, "an empty row");
    return interval(row, row, true);
  }

  private static RowInterval interval(byte[] start, byte[] end, boolean withEnd) {
    RowInterval interval = new RowInterval();
    interval.setStart_row_binary(ByteBuffer.wrap(start)).setStart_inclusive(true).setEnd_inclusive(withEnd);
    if (end != null) interval.setEnd_row_binary(ByteBuffer.wrap(end));
    return interval;
  }

  // ---- Columns

  /** Whole families; at least one. */
  public Scan families(String... families) {
    if (families.length == 0) throw new IllegalArgumentException("no family is named");
    return with(s -> {
      for (String family : families) s.addToColumns_binary(ByteBuffer.wrap(Bytes.utf8(family)));
    });
  }

  /** One column; more calls, more columns. */
  public Scan column(String family, String qualifier) {
    return column(family, Bytes.utf8(qualifier));
  }

  /** A qualifier that would read as one of the forms of {@link #columns} is quoted, and so means itself. */
  public Scan column(String family, byte[] qualifier) {
    byte[] quote = needsQuotes(qualifier) ? new byte[] {'"'} : Bytes.NONE;
    byte[] name = Bytes.utf8(family + ":");
    ByteBuffer column = ByteBuffer.allocate(name.length + qualifier.length + 2 * quote.length);
    column.put(name).put(quote).put(qualifier).put(quote).flip();
    return with(s -> s.addToColumns_binary(column));
  }

  private static boolean needsQuotes(byte[] qualifier) {
    return qualifier.length > 0 && "\"'/^*".indexOf(qualifier[0] & 0xFF) >= 0;
  }

  /** As in HQL: {@code cf}, {@code cf:qualifier}, {@code cf:^prefix}, {@code cf:/regex/}, {@code cf:*}. */
  public Scan columns(String... columns) {
    return families(columns);
  }

  // ---- Versions, times, limits

  /** The newest so many of each column; 1 unless said otherwise, 0: all. */
  public Scan versions(int count) {
    return with(s -> s.setVersions(count));
  }

  public Scan allVersions() {
    return versions(0);
  }

  /** Timestamps in nanoseconds, from {@code start} to before {@code end}. */
  public Scan times(long start, long end) {
    return with(s -> s.setStart_time(start).setEnd_time(end));
  }

  /** At most so many rows. As all limits and offsets it counts in each interval of rows anew. */
  public Scan limit(int rows) {
    return with(s -> s.setRow_limit(rows));
  }

  public Scan cellLimit(int cells) {
    return with(s -> s.setCell_limit(cells));
  }

  /** At most so many cells of each family in each row. */
  public Scan cellsPerFamily(int cells) {
    return with(s -> s.setCell_limit_per_family(cells));
  }

  public Scan offset(int rows) {
    return with(s -> s.setRow_offset(rows));
  }

  public Scan cellOffset(int cells) {
    return with(s -> s.setCell_offset(cells));
  }

  // ---- Filters, and how

  /** Rows that match; RE2, anywhere in the row. */
  public Scan rowRegex(String regex) {
    return with(s -> s.setRow_regexp(regex));
  }

  public Scan valueRegex(String regex) {
    return with(s -> s.setValue_regexp(regex));
  }

  /** Cells whose value is this; served by an index of the family where there is one. More calls: any of them. */
  public Scan whereValue(String family, byte[] value) {
    return predicate(family, 1, null, value);
  }

  public Scan whereValuePrefix(String family, byte[] prefix) {
    return predicate(family, 2, null, prefix);
  }

  public Scan whereQualifier(String family, byte[] qualifier) {
    return predicate(family, 256, qualifier, null);
  }

  public Scan whereQualifierPrefix(String family, byte[] prefix) {
    return predicate(family, 512, prefix, null);
  }

  private Scan predicate(String family, int operation, byte[] qualifier, byte[] value) {
    ColumnPredicate predicate = new ColumnPredicate();
    predicate.setColumn_family(family).setOperation(operation);
    if (qualifier != null) predicate.setColumn_qualifier_binary(ByteBuffer.wrap(qualifier));
    if (value != null) predicate.setValue_binary(ByteBuffer.wrap(value));
    return with(s -> s.addToColumn_predicates(predicate));
  }

  /** No values. */
  public Scan keysOnly() {
    return with(s -> s.setKeys_only(true));
  }

  /** Delete markers too, and what they hide; all versions unless said otherwise. */
  public Scan withDeletes() {
    return with(s -> s.setReturn_deletes(true));
  }

  /** Leave no blocks in the server's cache, for reading large tables once. */
  public Scan doNotCache() {
    return with(s -> s.setDo_not_cache(true));
  }

  ScanSpec spec() {
    ScanSpec copy = new ScanSpec(spec);
    if (!copy.isSetVersions()) copy.setVersions(copy.isReturn_deletes() ? 0 : 1);
    return copy.setCells_version(2);
  }

  @Override
  public String toString() {
    return spec.toString();
  }
}
