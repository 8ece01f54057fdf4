package cellar.client;

import cellar.thriftgen.CellCondition;
import cellar.thriftgen.CompareOperation;
import java.nio.ByteBuffer;

/**
 * What the newest cell of a column must be. All but {@link #absent} fail when there is none. Values compare as bytes, those of a
 * counter as numbers.
 */
public final class Condition {
  private final CellCondition wire;

  private Condition(String family, byte[] qualifier, CompareOperation operation, byte[] value) {
    wire = new CellCondition(family, operation);
    wire.setColumn_qualifier(ByteBuffer.wrap(qualifier));
    if (value != null) wire.setValue(ByteBuffer.wrap(value));
  }

  private static Condition compare(String family, String qualifier, CompareOperation operation, byte[] value) {
    return new Condition(family, Bytes.utf8(qualifier), operation, value);
  }

  public static Condition absent(String family, String qualifier) {
    return compare(family, qualifier, CompareOperation.ABSENT, null);
  }

  public static Condition present(String family, String qualifier) {
    return compare(family, qualifier, CompareOperation.PRESENT, null);
  }

  public static Condition equal(String family, String qualifier, byte[] value) {
    return compare(family, qualifier, CompareOperation.EQUAL, value);
  }

  public static Condition equal(String family, String qualifier, String value) {
    return equal(family, qualifier, Bytes.utf8(value));
  }

  public static Condition notEqual(String family, String qualifier, byte[] value) {
    return compare(family, qualifier, CompareOperation.NOT_EQUAL, value);
  }

  public static Condition less(String family, String qualifier, byte[] value) {
    return compare(family, qualifier, CompareOperation.LESS, value);
  }

  public static Condition lessOrEqual(String family, String qualifier, byte[] value) {
    return compare(family, qualifier, CompareOperation.LESS_OR_EQUAL, value);
  }

  public static Condition greater(String family, String qualifier, byte[] value) {
    return compare(family, qualifier, CompareOperation.GREATER, value);
  }

  public static Condition greaterOrEqual(String family, String qualifier, byte[] value) {
    return compare(family, qualifier, CompareOperation.GREATER_OR_EQUAL, value);
  }

  public static Condition prefix(String family, String qualifier, byte[] prefix) {
    return compare(family, qualifier, CompareOperation.PREFIX, prefix);
  }

  /** The same of a qualifier that is no text. */
  public Condition qualifier(byte[] qualifier) {
    return new Condition(wire.getColumn_family(), qualifier, wire.getOperation(), wire.getValue());
  }

  CellCondition wire() {
    return wire;
  }
}
