package cellar.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The families of a table. Immutable; each method gives another one. {@code table.alter(table.schema().with(Family.of("x")))}
 * is how a table is changed.
 */
public final class Schema {
  private final org.hypertable.thriftgen.Schema wire;

  Schema(org.hypertable.thriftgen.Schema wire) {
    this.wire = wire;
  }

  public static Schema of(String... families) {
    Schema schema = new Schema(new org.hypertable.thriftgen.Schema());
    for (String family : families) schema = schema.with(Family.of(family));
    return schema;
  }

  public static Schema of(Family... families) {
    Schema schema = new Schema(new org.hypertable.thriftgen.Schema());
    for (Family family : families) schema = schema.with(family);
    return schema;
  }

  /** With this family, in the place of one of its name. Its access group is made if it is not there. */
  public Schema with(Family family) {
    org.hypertable.thriftgen.Schema copy = new org.hypertable.thriftgen.Schema(wire);
    copy.putToColumn_families(family.name(), family.wire());
    Schema next = new Schema(copy);
    String group = family.accessGroup();
    boolean there = group.isEmpty() || copy.isSetAccess_groups() && copy.getAccess_groups().containsKey(group);
    return there ? next : next.with(AccessGroup.of(group));
  }

  public Schema with(AccessGroup group) {
    org.hypertable.thriftgen.Schema copy = new org.hypertable.thriftgen.Schema(wire);
    copy.putToAccess_groups(group.name(), group.wire());
    return new Schema(copy);
  }

  /** The family and all its cells are dropped. */
  public Schema without(String family) {
    org.hypertable.thriftgen.Schema copy = new org.hypertable.thriftgen.Schema(wire);
    if (!copy.isSetColumn_families() || copy.getColumn_families().remove(family) == null) throw unknown(family);
    return new Schema(copy);
  }

  /** The same family, cells and all, under another name. */
  public Schema renamed(String family, String newName) {
    Family renamed = family(family).orElseThrow(() -> unknown(family)).named(newName);
    return without(family).with(renamed);
  }

  private static IllegalArgumentException unknown(String family) {
    return new IllegalArgumentException("the schema has no family " + family);
  }

  /** By name. */
  public List<Family> families() {
    List<Family> families = new ArrayList<>();
    if (wire.isSetColumn_families()) wire.getColumn_families().values().forEach(spec -> families.add(new Family(spec)));
    families.removeIf(Family::isDeleted);
    families.sort((a, b) -> a.name().compareTo(b.name()));
    return families;
  }

  public Optional<Family> family(String name) {
    return families().stream().filter(family -> family.name().equals(name)).findFirst();
  }

  /** Raised by each change; 0 of one that was never in a table. */
  public long generation() {
    return wire.isSetGeneration() ? wire.getGeneration() : 0;
  }

  @Override
  public String toString() {
    return families().toString();
  }

  org.hypertable.thriftgen.Schema wire() {
    return new org.hypertable.thriftgen.Schema(wire);
  }
}
