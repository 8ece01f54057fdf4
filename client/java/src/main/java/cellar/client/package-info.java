/**
 * Programs' way to Cellar through its gateway. {@link cellar.client.Cellar} is where to start; docs/reference/java.md is the
 * guide. Everything stored is bytes: where a method takes a {@code String}, it means its UTF-8.
 */
package cellar.client;
