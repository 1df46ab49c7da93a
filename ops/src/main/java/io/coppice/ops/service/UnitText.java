package io.coppice.ops.service;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** A unit file for one checkout and one manifest, made of the one that the checkout has for {@code /opt/coppice}. Pure. */
final class UnitText {
    /** First line of what {@code install} wrote: nothing else is overwritten or removed. */
    static final String MARK =
            "# Written by `coppice install`, and removed by `coppice uninstall`; for changes use `systemctl edit`.";

    private static final String SHIPPED_HOME = "/opt/coppice/";
    private static final String SHIPPED_MANIFEST = "/etc/coppice/coppice.yaml";

    private static final String SERVICE_SECTION = "[Service]\n";
    private static final String INSTALL_SECTION = "[Install]";

    /** What stands for itself in a unit file: no blank, quote, backslash, dollar or per cent sign. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./+@:,=-]+");

    private UnitText() {}

    /** Whether a path can be written into a unit file as it is. */
    static boolean isPlain(Path path) {
        return PLAIN.matcher(path.toString()).matches();
    }

    /**
     * The unit.
     *
     * @param shipped the text of coppice.service
     * @param home the checkout
     * @param manifest absolute
     * @param javaHome of the JDK that the service runs on
     * @param more the text of a drop-in, which becomes part of it; empty for none
     */
    static String of(String shipped, Path home, Path manifest, Path javaHome, String more) {
        StringBuilder unit = new StringBuilder(MARK).append('\n');
        boolean first = true;
        for (String line : shipped.lines().toList()) {
            if (first && line.startsWith("#")) {
                first = false;
                continue; // says which manifest it is for
            }
            first = false;
            if (line.startsWith("ExecStart=")) {
                unit.append("Environment=COPPICE_JAVA_HOME=").append(javaHome).append(" COPPICE_BUILD=never\n");
            }
            if (line.equals(INSTALL_SECTION)) {
                unit.append(settings(more));
            }
            unit.append(line.replace(SHIPPED_HOME, home + "/").replace(SHIPPED_MANIFEST, manifest.toString()))
                    .append('\n');
        }
        return unit.toString();
    }

    /** What a drop-in has after the name of its only section. */
    private static String settings(String dropIn) {
        int section = dropIn.indexOf(SERVICE_SECTION);
        return section < 0 ? "" : dropIn.substring(section + SERVICE_SECTION.length()) + "\n";
    }
}
