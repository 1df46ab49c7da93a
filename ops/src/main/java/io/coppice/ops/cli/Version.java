package io.coppice.ops.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: ours, from what the build put into the jar, and the JVM's. */
final class Version implements IVersionProvider {
    private static final String BUILD_RESOURCE = "/META-INF/maven/io.coppice/coppice-ops/pom.properties";

    @Override
    public String[] getVersion() throws IOException {
        Properties build = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(BUILD_RESOURCE)) {
            if (in != null) {
                build.load(in);
            }
        }
        return new String[] {
            "coppice " + build.getProperty("version", "(unpackaged build)"),
            "JVM " + Runtime.version() + " (" + System.getProperty("java.home") + ")"
        };
    }
}
