package io.coppice.agent;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code -javaagent} names. The JVM puts this class's jar on the program's class path, so nothing else is in it: the worker and the
 * libraries that it needs come from a class loader of their own, beside the program's, whose parent is the JDK alone. A program may have
 * any release of the same libraries, or classes of the same names.
 */
public final class Premain {
    private static final String AGENT = "io.coppice.worker.runtime.AgentMain";
    private static final String LIBRARY = "lib=";

    private Premain() {}

    /**
     * Returns when the program may run; ends the process if it must not.
     *
     * @param arguments {@code key=value}, separated by commas; those with the key {@code lib} are the jars to load, the rest the agent's. In
     *     a value {@code %2C} is a comma and {@code %25} a per cent sign
     */
    public static void premain(String arguments) throws MalformedURLException, ReflectiveOperationException {
        List<URL> jars = new ArrayList<>();
        for (String argument : arguments.split(",", -1)) {
            if (argument.startsWith(LIBRARY)) {
                String path =
                        argument.substring(LIBRARY.length()).replace("%2C", ",").replace("%25", "%");
                jars.add(Path.of(path).toUri().toURL());
            }
        }
        // Never closed: the agent's thread loads from it for as long as the JVM runs.
        ClassLoader apart =
                new URLClassLoader("coppice", jars.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        Class.forName(AGENT, true, apart).getMethod("start", String.class).invoke(null, arguments);
    }
}
