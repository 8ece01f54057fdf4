package cellar.client;

import java.time.Duration;
import org.hypertable.thriftgen.ColumnFamilyOptions;
import org.hypertable.thriftgen.ColumnFamilySpec;

/** A column family of a {@link Schema}. Immutable; each method gives another one. */
public final class Family {
  private final ColumnFamilySpec wire;

  Family(ColumnFamilySpec wire) {
    this.wire = wire;
  }

  public static Family of(String name) {
    ColumnFamilySpec wire = new ColumnFamilySpec();
    wire.setName(name).setAccess_group("").setDeleted(false).setValue_index(false).setQualifier_index(false);
    return new Family(wire);
  }

  private ColumnFamilySpec copy() {
    ColumnFamilySpec copy = new ColumnFamilySpec(wire);
    if (!copy.isSetOptions()) copy.setOptions(new ColumnFamilyOptions());
    return copy;
  }

  /** Versions of a cell that are kept. */
  public Family maxVersions(int count) {
    ColumnFamilySpec copy = copy();
    copy.getOptions().setMax_versions(count);
    return new Family(copy);
  }

  /** How long cells live; whole seconds. */
  public Family timeToLive(Duration time) {
    ColumnFamilySpec copy = copy();
    copy.getOptions().setTtl(Math.toIntExact(time.getSeconds()));
    return new Family(copy);
  }

  /** Its cells are numbers that are added to. */
  public Family counter() {
    ColumnFamilySpec copy = copy();
    copy.getOptions().setCounter(true);
    return new Family(copy);
  }

  /** The oldest version comes first, and the first one wins. */
  public Family oldestFirst() {
    ColumnFamilySpec copy = copy();
    copy.getOptions().setTime_order_desc(true);
    return new Family(copy);
  }

  /** Cells are found by value. */
  public Family index() {
    return new Family(new ColumnFamilySpec(wire).setValue_index(true));
  }

  /** Cells are found by qualifier. */
  public Family qualifierIndex() {
    return new Family(new ColumnFamilySpec(wire).setQualifier_index(true));
  }

  /** Where it is stored; a group that the schema does not name otherwise is made. */
  public Family in(String accessGroup) {
    return new Family(new ColumnFamilySpec(wire).setAccess_group(accessGroup));
  }

  Family named(String name) {
    return new Family(new ColumnFamilySpec(wire).setName(name));
  }

  public String name() {
    return wire.getName();
  }

  public String accessGroup() {
    return wire.getAccess_group();
  }

  /** 0: all. */
  public int maxVersions() {
    return wire.isSetOptions() ? wire.getOptions().getMax_versions() : 0;
  }

  /** Zero: for ever. */
  public Duration timeToLive() {
    return Duration.ofSeconds(wire.isSetOptions() ? wire.getOptions().getTtl() : 0);
  }

  public boolean isCounter() {
    return wire.isSetOptions() && wire.getOptions().isCounter();
  }

  public boolean isIndexed() {
    return wire.isValue_index();
  }

  public boolean isQualifierIndexed() {
    return wire.isQualifier_index();
  }

  boolean isDeleted() {
    return wire.isDeleted();
  }

  /** About as HQL has it. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(name());
    if (maxVersions() != 0) out.append(" MAX_VERSIONS ").append(maxVersions());
    if (!timeToLive().isZero()) out.append(" TTL ").append(timeToLive().getSeconds());
    if (wire.isSetOptions() && wire.getOptions().isTime_order_desc()) out.append(" TIME_ORDER DESC");
    if (isCounter()) out.append(" COUNTER");
    if (isIndexed()) out.append(" INDEX");
    if (isQualifierIndexed()) out.append(" QUALIFIER INDEX");
    if (!accessGroup().isEmpty()) out.append(" in ").append(accessGroup());
    return out.toString();
  }

  ColumnFamilySpec wire() {
    return wire;
  }
}
