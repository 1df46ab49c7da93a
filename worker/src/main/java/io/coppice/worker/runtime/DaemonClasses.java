package io.coppice.worker.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Executable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Loads and links a daemon's class and the classes that it names, and those that they name, as far as they are on the class
 * path. None is initialised: static initialisers are the daemon's code, which must not run beside a live daemon, and would see
 * a world without an assignment. What a class names is what its constant pool names: whatever it may come to use without
 * reflection.
 *
 * <p>A class that cannot be loaded or linked is passed by: libraries name classes that are not there, and never use them. If it is
 * the daemon's own, the worker says so once it is assigned.
 */
final class DaemonClasses {
    /** Of a large application the classes nearest to the daemon's; each costs 0.1 to 0.5 ms. */
    static final int MOST = 1000;

    private final ClassLoader loader = ClassLoader.getSystemClassLoader();
    private final Set<String> known = new HashSet<>();
    private final Deque<String> next = new ArrayDeque<>();
    private final Consumer<Class<?>> each;
    private int loaded;

    private DaemonClasses(Consumer<Class<?>> each) {
        this.each = each;
    }

    /** Loads and links, and answers how many classes of the class path it did that to. */
    static int load(String mainClass) throws IOException {
        return load(mainClass, type -> {});
    }

    /**
     * The same.
     *
     * @param each gets each of them, linked
     */
    static int load(String mainClass, Consumer<Class<?>> each) throws IOException {
        DaemonClasses classes = new DaemonClasses(each);
        classes.meet(mainClass);
        while (!classes.next.isEmpty() && classes.loaded < MOST) {
            classes.visit(classes.next.remove());
        }
        return classes.loaded;
    }

    private void meet(String name) {
        if (known.add(name)) {
            next.add(name);
        }
    }

    private void visit(String name) throws IOException {
        Class<?> type;
        try {
            type = Class.forName(name, false, loader);
            if (type.getClassLoader() != loader) {
                return;
            }
            loaded++;
            link(type);
            each.accept(type);
        } catch (ClassNotFoundException | LinkageError e) {
            return;
        }
        try (InputStream bytes = loader.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (bytes != null) {
                for (String named : ConstantPool.classesNamedIn(bytes)) {
                    meet(named);
                }
            }
        }
    }

    /**
     * To list the constructors of a class (the methods of an interface) the JVM links it; it does not initialise it.
     *
     * @return how many there are, which nobody needs
     */
    private static int link(Class<?> type) {
        Executable[] listed = type.isInterface() ? type.getDeclaredMethods() : type.getDeclaredConstructors();
        return listed.length;
    }
}
