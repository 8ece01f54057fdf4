package cellar.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text as bytes and back, and the order of rows. */
final class Bytes {
  static final byte[] NONE = new byte[0];

  private Bytes() {}

  /** UTF-8; refuses half a surrogate pair, which Java would turn into a question mark. */
  static byte[] utf8(String text) {
    for (int i = 0; i < text.length(); ++i) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) continue;
      if (Character.isLowSurrogate(c) || i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
        throw new IllegalArgumentException("half a surrogate pair at character " + i + ": no UTF-8 for it");
      }
      ++i;
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The smallest row above all that begin with {@code prefix}; null when there is none. */
  static byte[] endOfPrefix(byte[] prefix) {
    int size = prefix.length;
    while (size > 0 && prefix[size - 1] == (byte) 0xFF) --size;
    if (size == 0) return null;
    byte[] end = Arrays.copyOf(prefix, size);
    ++end[size - 1];
    return end;
  }

  /** For messages: bytes that do not print as \xNN. */
  static String quote(byte[] bytes, int offset, int length) {
    StringBuilder out = new StringBuilder("'");
    for (int i = 0; i < Math.min(length, 100); ++i) {
      int b = bytes[offset + i] & 0xFF;
      if (b >= 0x20 && b < 0x7F && b != '\'' && b != '\\') {
        out.append((char) b);
      } else {
        out.append(String.format("\\x%02x", b));
      }
    }
    return out.append(length > 100 ? "'…" : "'").toString();
  }
}
