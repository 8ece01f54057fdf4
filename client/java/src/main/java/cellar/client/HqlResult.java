package cellar.client;

import java.util.List;

/** What a statement answered: lines of text, or cells, or neither. */
public final class HqlResult {
  private final List<String> lines;
  private final Cells cells;

  HqlResult(List<String> lines, Cells cells) {
    this.lines = lines;
    this.cells = cells;
  }

  /** Of SHOW, DESCRIBE, EXPLAIN and their like. */
  public List<String> lines() {
    return lines;
  }

  /** Of SELECT. */
  public Cells cells() {
    return cells;
  }
}
