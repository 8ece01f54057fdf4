package cellar.client;

import org.hypertable.thriftgen.AccessGroupOptions;
import org.hypertable.thriftgen.AccessGroupSpec;

/** Column families that are stored together. Immutable; each method gives another one. */
public final class AccessGroup {
  private final AccessGroupSpec wire;

  AccessGroup(AccessGroupSpec wire) {
    this.wire = wire;
  }

  public static AccessGroup of(String name) {
    return new AccessGroup(new AccessGroupSpec().setName(name));
  }

  private AccessGroupSpec copy() {
    AccessGroupSpec copy = new AccessGroupSpec(wire);
    if (!copy.isSetOptions()) copy.setOptions(new AccessGroupOptions());
    return copy;
  }

  /** As in HQL: {@code "zstd"}, {@code "snappy"}, {@code "none"} and so on, with options. */
  public AccessGroup compressor(String text) {
    AccessGroupSpec copy = copy();
    copy.getOptions().setCompressor(text);
    return new AccessGroup(copy);
  }

  public AccessGroup bloomFilter(String text) {
    AccessGroupSpec copy = copy();
    copy.getOptions().setBloom_filter(text);
    return new AccessGroup(copy);
  }

  public AccessGroup blockSize(int bytes) {
    AccessGroupSpec copy = copy();
    copy.getOptions().setBlocksize(bytes);
    return new AccessGroup(copy);
  }

  public AccessGroup inMemory() {
    AccessGroupSpec copy = copy();
    copy.getOptions().setIn_memory(true);
    return new AccessGroup(copy);
  }

  public String name() {
    return wire.getName();
  }

  AccessGroupSpec wire() {
    return wire;
  }
}
