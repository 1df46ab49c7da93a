package io.coppice.worker.runtime;

import io.coppice.worker.Daemon;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;

/** The daemon's class, found by the name the manifest's {@code main} gives. Runs its constructor, on the loop thread. */
final class MainClass {
    private MainClass() {}

    static Daemon instantiate(String name) throws UnusableMainClassException {
        try {
            Class<?> type = Class.forName(name, true, ClassLoader.getSystemClassLoader());
            if (!Daemon.class.isAssignableFrom(type)) {
                throw new UnusableMainClassException(
                        "main: class " + name + " does not implement " + Daemon.class.getName(), null);
            }
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return (Daemon) constructor.newInstance();
        } catch (ClassNotFoundException e) {
            throw new UnusableMainClassException(
                    "main: class " + name + " is not on the class path " + System.getProperty("java.class.path"), null);
        } catch (NoSuchMethodException e) {
            throw new UnusableMainClassException(
                    "main: class " + name + " has no constructor without parameters; add one", null);
        } catch (InstantiationException e) {
            throw new UnusableMainClassException("main: class " + name + " is abstract; name a class that is not", e);
        } catch (InvocationTargetException e) {
            throw new UnusableMainClassException("main: the constructor of " + name + " threw", e.getCause());
        } catch (LinkageError e) {
            throw new UnusableMainClassException("main: class " + name + " cannot be loaded", e);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new UnusableMainClassException("main: class " + name + " cannot be instantiated", e);
        }
    }
}
