package io.coppice.state;

import static java.lang.invoke.MethodType.methodType;

import java.io.IOException;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.FileChannel;

/**
 * A file mapped into an arena of its own ({@code java.lang.foreign}, in the JDK since 22). {@code FileChannel.map} without one makes
 * its buffer by reflection, and a JVM of these releases answers the first reflective call of a process with method handles: some
 * thirty classes made at run time, 60 ms of CPU, the longest single part of a cold start. This takes 12.
 *
 * <p>We are compiled for releases that do not know the arena, so the three calls are made by classes that are linked as those of
 * lambdas are, which costs least of all that can name a class at run time. The arena is a shared one: any thread may close it.
 */
final class ArenaMapping extends FileMapping {
    static final boolean AVAILABLE = Runtime.version().feature() >= 22;

    private final AutoCloseable arena;

    private ArenaMapping(long address, AutoCloseable arena) {
        super(address);
        this.arena = arena;
    }

    static ArenaMapping map(FileChannel channel, FileChannel.MapMode mode, long length) throws IOException {
        AutoCloseable arena = Calls.MAKE.arena();
        boolean mapped = false;
        try {
            long address = Calls.ADDRESS.of(Calls.MAP.map(channel, mode, 0, length, arena));
            mapped = true;
            return new ArenaMapping(address, arena);
        } finally {
            if (!mapped) {
                unmap(arena);
            }
        }
    }

    @Override
    public void close() {
        unmap(arena);
    }

    private static void unmap(AutoCloseable arena) {
        try {
            arena.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a mapping cannot be closed", e); // An arena declares no such exception.
        }
    }

    /** {@code Arena.ofShared()}. */
    @FunctionalInterface
    interface MakeCall {
        AutoCloseable arena();
    }

    /** {@code FileChannel.map} with an arena; answers a {@code MemorySegment}. */
    @FunctionalInterface
    interface MapCall {
        Object map(FileChannel channel, FileChannel.MapMode mode, long from, long length, AutoCloseable arena)
                throws IOException;
    }

    /** {@code MemorySegment.address()}. */
    @FunctionalInterface
    interface AddressCall {
        long of(Object segment);
    }

    /** Linked when the first file is mapped. */
    private static final class Calls {
        static final MakeCall MAKE;
        static final MapCall MAP;
        static final AddressCall ADDRESS;

        static {
            try {
                MethodHandles.Lookup lookup = MethodHandles.lookup();
                Class<?> arena = Class.forName("java.lang.foreign.Arena");
                Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
                MethodType map = methodType(segment, FileChannel.MapMode.class, long.class, long.class, arena);
                MAKE = (MakeCall) call(
                                MakeCall.class,
                                "arena",
                                methodType(AutoCloseable.class),
                                lookup.findStatic(arena, "ofShared", methodType(arena)))
                        .invokeExact();
                MAP = (MapCall) call(
                                MapCall.class,
                                "map",
                                methodType(
                                        Object.class,
                                        FileChannel.class,
                                        FileChannel.MapMode.class,
                                        long.class,
                                        long.class,
                                        AutoCloseable.class),
                                lookup.findVirtual(FileChannel.class, "map", map))
                        .invokeExact();
                ADDRESS = (AddressCall) call(
                                AddressCall.class,
                                "of",
                                methodType(long.class, Object.class),
                                lookup.findVirtual(segment, "address", methodType(long.class)))
                        .invokeExact();
            } catch (Throwable e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        /** Answers an instance of that interface, whose method does nothing but make the call. */
        private static MethodHandle call(Class<?> type, String method, MethodType erased, MethodHandle target)
                throws Throwable {
            return LambdaMetafactory.metafactory(
                            MethodHandles.lookup(), method, methodType(type), erased, target, target.type())
                    .getTarget();
        }
    }
}
