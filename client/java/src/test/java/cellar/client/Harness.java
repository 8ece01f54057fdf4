package cellar.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The real Cellar that tests/clients starts for the tests against a gateway: {@code -Dcellar.port=}, and a wish on standard output. */
final class Harness {
  private static final BufferedReader INPUT = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  private Harness() {}

  static int port() {
    String port = System.getProperty("cellar.port");
    if (port == null) throw new IllegalStateException("run by tests/clients, which says where the gateway is");
    return Integer.parseInt(port);
  }

  static CellarOptions options() {
    return CellarOptions.at("127.0.0.1", port());
  }

  /** Returns when the server was killed, started again, and is ready. */
  static void restartServer() throws IOException {
    System.out.println("@restart");
    String answer = INPUT.readLine();
    if (!"done".equals(answer)) throw new IOException("the harness said " + answer);
  }
}
