package cellar.client;

/** Numbers of errors that programs tell apart; docs/reference/errors.md has all. */
public final class ErrorCode {
  public static final int PROTOCOL_ERROR = 1;
  /** No answer in time. */
  public static final int REQUEST_TIMEOUT = 4;
  public static final int BAD_SCHEMA = 7;
  /** A row, family, qualifier, value or timestamp that cannot be. */
  public static final int BAD_KEY = 9;
  public static final int HQL_PARSE_ERROR = 11;
  public static final int TABLE_NOT_FOUND = 22;
  public static final int BAD_SCAN_SPEC = 30;
  /** Also what a gateway says that does not know a method. */
  public static final int NOT_IMPLEMENTED = 31;
  public static final int NAME_ALREADY_IN_USE = 39;
  public static final int NAMESPACE_DOES_NOT_EXIST = 40;
  public static final int BAD_NAMESPACE = 41;
  public static final int NAMESPACE_EXISTS = 42;
  public static final int NOT_ALLOWED = 44;
  public static final int CELL_ALREADY_EXISTS = 48;
  public static final int BAD_FORMAT = 55;
  public static final int INVALID_ARGUMENT = 56;
  /** The connection broke before an answer came. */
  public static final int BROKEN_CONNECTION = 0x10002;
  /** There was no connection, and so no request. */
  public static final int CONNECT_ERROR = 0x10003;
  public static final int NAMESPACE_NOT_EMPTY = 0x30013;
  public static final int SCHEMA_GENERATION_MISMATCH = 0x40008;
  /** An unknown family in a scan. */
  public static final int INVALID_COLUMN_FAMILY = 0x5000A;
  public static final int INPUT_OVERRUN = 0x80001;
  public static final int VERSION_MISMATCH = 0x80004;
  public static final int BAD_SCANNER_ID = 0x90001;
  public static final int BAD_MUTATOR_ID = 0x90002;
  public static final int BAD_NAMESPACE_ID = 0x90003;

  private ErrorCode() {}
}
