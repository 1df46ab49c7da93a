package io.coppice.state;

import java.util.ArrayList;
import java.util.List;

/**
 * The structures whose data is not undone word by word: what is stored there carries the sequence of the commit it belongs
 * to, and counts once that commit is stored. A rollback or recovery erases what is stamped higher, before anything can
 * commit that sequence a second time. Owner's thread only.
 */
final class Stamped {
    private final Memory memory;
    private final ArenaChecksum checksum;
    private final List<StructureInfo> structures = new ArrayList<>();

    /** @param checksum that does not count what is stamped */
    Stamped(Memory memory, ArenaChecksum checksum) {
        this.memory = memory;
        this.checksum = checksum;
    }

    void clear() {
        structures.clear();
        checksum.includeAll();
    }

    void add(StructureInfo structure) {
        structures.add(structure);
        checksum.exclude(structure);
    }

    /** Tells the ranges stamped above a commit. */
    void forEachChange(ChangeVisitor visitor, long committed) {
        for (int i = 0; i < structures.size(); i++) {
            StructureInfo structure = structures.get(i);
            structure.type().shape().forEachChange(memory, structure, committed, visitor);
        }
    }

    /** May be repeated after a crash at any of its stores. Allocates nothing. */
    void eraseAbove(long committed) {
        for (int i = 0; i < structures.size(); i++) {
            StructureInfo structure = structures.get(i);
            structure.type().shape().eraseAbove(memory, structure, committed);
        }
    }
}
