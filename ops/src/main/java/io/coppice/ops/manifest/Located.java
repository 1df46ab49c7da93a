package io.coppice.ops.manifest;

/**
 * A value of the manifest and where it stands.
 *
 * @param path the key path that errors name, such as {@code daemons.web.classpath[0]}
 */
record Located<T>(T value, Position at, String path) {}
