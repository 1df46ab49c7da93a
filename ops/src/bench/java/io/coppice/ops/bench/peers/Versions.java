package io.coppice.ops.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The versions of the libraries that are measured, as their jars tell. */
final class Versions {
    private static final String UNKNOWN = "(version unknown)";

    private Versions() {}

    static String of(String group, String artifact, Class<?> member) {
        String path = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (InputStream stream = member.getResourceAsStream(path)) {
            if (stream != null) {
                Properties properties = new Properties();
                properties.load(stream);
                return properties.getProperty("version", UNKNOWN);
            }
        } catch (IOException e) {
            return UNKNOWN;
        }
        String version = member.getPackage().getImplementationVersion();
        return version == null ? UNKNOWN : version;
    }
}
