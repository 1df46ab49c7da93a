package io.coppice.worker.runtime;

import static java.lang.invoke.MethodType.methodType;

import io.coppice.worker.Daemon;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The daemon's class, found by the name the manifest's {@code main} gives. Runs its constructor, on the loop thread.
 *
 * <p>A standby has {@link #prepare prepared} the call: the first reflective one of each constructor makes a JVM of the newer releases
 * look for method handles and tie them together, 0.4 ms in the middle of a take-over. A cold start, which makes one such call, takes
 * longer with it than without.
 */
final class MainClass {
    private static final Map<String, Supplier<?>> PREPARED = new HashMap<>();

    private MainClass() {}

    /**
     * Links a call of its constructor, and neither makes the call nor initialises the class. A class that cannot be instantiated is
     * left alone: {@link #instantiate} says what is wrong with it.
     *
     * @throws ReflectiveOperationException if there is no such class or constructor
     */
    static void prepare(String name) throws ReflectiveOperationException {
        prepare(name, Daemon.class);
    }

    /** @param wanted what it has to be; another class is left alone, too */
    static void prepare(String name, Class<?> wanted) throws ReflectiveOperationException {
        Class<?> type = Class.forName(name, false, ClassLoader.getSystemClassLoader());
        if (wanted.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            MethodHandle constructor = lookup.findConstructor(type, methodType(void.class));
            PREPARED.put(name, supplier(lookup, constructor));
        }
    }

    private static Supplier<?> supplier(MethodHandles.Lookup lookup, MethodHandle constructor) {
        try {
            MethodHandle made = LambdaMetafactory.metafactory(
                            lookup,
                            "get",
                            methodType(Supplier.class),
                            methodType(Object.class),
                            constructor,
                            constructor.type())
                    .getTarget();
            return (Supplier<?>) made.invoke();
        } catch (Throwable e) {
            throw new IllegalStateException("the call of " + constructor + " cannot be linked", e);
        }
    }

    /** The daemon that the manifest names. */
    static Daemon instantiate(String name) throws UnusableMainClassException {
        return instantiate(name, Daemon.class, "main");
    }

    /**
     * Makes an instance of a class of the class path.
     *
     * @param type what it has to be
     * @param named what has named it, as the beginning of errors
     */
    static <T> T instantiate(String name, Class<T> type, String named) throws UnusableMainClassException {
        try {
            Class<?> found = Class.forName(name, true, ClassLoader.getSystemClassLoader());
            if (!type.isAssignableFrom(found)) {
                throw new UnusableMainClassException(
                        named + ": class " + name + " does not implement " + type.getName(), null);
            }
            Supplier<?> prepared = PREPARED.get(name);
            if (prepared != null) {
                return type.cast(make(name, named, prepared));
            }
            Constructor<?> constructor = found.getDeclaredConstructor();
            constructor.setAccessible(true);
            return type.cast(constructor.newInstance());
        } catch (ClassNotFoundException e) {
            throw new UnusableMainClassException(
                    named + ": class " + name + " is not on the class path " + System.getProperty("java.class.path"),
                    null);
        } catch (NoSuchMethodException e) {
            throw new UnusableMainClassException(
                    named + ": class " + name + " has no constructor without parameters; add one", null);
        } catch (InstantiationException e) {
            throw new UnusableMainClassException(
                    named + ": class " + name + " is abstract; name a class that is not", e);
        } catch (InvocationTargetException e) {
            throw new UnusableMainClassException(named + ": the constructor of " + name + " threw", e.getCause());
        } catch (LinkageError e) {
            throw new UnusableMainClassException(named + ": class " + name + " cannot be loaded", e);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new UnusableMainClassException(named + ": class " + name + " cannot be instantiated", e);
        }
    }

    private static Object make(String name, String named, Supplier<?> prepared) throws UnusableMainClassException {
        try {
            return prepared.get();
        } catch (Throwable thrown) {
            throw new UnusableMainClassException(named + ": the constructor of " + name + " threw", thrown);
        }
    }
}
