package io.coppice.state;

/**
 * The arena of a segment as bytes. A class of its own, since a lambda's would be made by the JVM in each cold start of a worker.
 */
final class ArenaBytes implements Directory.Source {
    private final Memory memory;
    private final long arenaOffset;

    ArenaBytes(Memory memory, SegmentGeometry geometry) {
        this.memory = memory;
        this.arenaOffset = geometry.arenaOffset();
    }

    @Override
    public void read(long offset, byte[] target, int length) {
        memory.getBytes(arenaOffset + offset, target, 0, length);
    }
}
