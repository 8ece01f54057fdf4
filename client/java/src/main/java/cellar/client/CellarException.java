package cellar.client;

/** What went wrong, by a number of {@link ErrorCode}. */
public final class CellarException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int code;
  private final boolean mayBeApplied;

  CellarException(int code, String message) {
    this(code, message, false, null);
  }

  CellarException(int code, String message, boolean mayBeApplied, Throwable cause) {
    super(text(code) + ": " + message + (mayBeApplied ? " (it may have been done)" : ""), cause);
    this.code = code;
    this.mayBeApplied = mayBeApplied;
  }

  private static String text(int code) {
    return "error " + (code < 0x10000 ? Integer.toString(code) : "0x" + Integer.toHexString(code));
  }

  public int code() {
    return code;
  }

  /** A change was sent, and nobody said what became of it. False: it was not made, and never will be. */
  public boolean mayBeApplied() {
    return mayBeApplied;
  }
}
