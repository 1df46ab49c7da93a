package io.coppice.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A structure as its user asks for it, to be found or created.
 *
 * @param layout of its records, null for a type without fields
 * @param dataLength bytes of its data, as its shape computes them from the sizes
 * @param capacity most elements
 * @param parameter2 of the type, see {@link ArenaLayout}
 * @param parameter3 of the type, see {@link ArenaLayout}
 */
record StructureRequest(
        StructureType type,
        String name,
        @Nullable RecordLayout layout,
        long dataLength,
        long capacity,
        long parameter2,
        long parameter3) {
    StructureRequest {
        RecordLayout.requireName("structure", name);
    }

    List<RecordField> fields() {
        return layout == null ? List.of() : layout.fields();
    }

    long layoutHash() {
        return layout == null ? 0 : layout.hash();
    }

    long recordBytes() {
        return layout == null ? 0 : layout.sizeBytes();
    }

    /**
     * Refuses a structure of that name that is not what is asked for.
     *
     * @throws LayoutMismatchException if its type, layout or sizes differ
     */
    void requireSame(StructureInfo found, String segment) {
        if (found.type() != type) {
            throw LayoutMismatchException.ofOwner(
                    "Structure " + name + " of segment " + segment + " is a " + found.type() + ", not a " + type + ".");
        }
        if (layout != null) {
            String difference = found.differenceTo(layout, segment);
            if (difference != null) {
                throw LayoutMismatchException.ofOwner(difference);
            }
        }
        StructureInfo wanted = info();
        if (found.parameter0() != capacity || found.parameter2() != parameter2 || found.parameter3() != parameter3) {
            throw LayoutMismatchException.ofOwner("Structure " + name + " of segment " + segment + " is "
                    + found.describe() + "; expected " + wanted.describe() + ".");
        }
    }

    private StructureInfo info() {
        return new StructureInfo(
                name,
                type,
                layoutHash(),
                List.of(),
                0,
                dataLength,
                capacity,
                recordBytes(),
                parameter2,
                parameter3,
                (int) ArenaLayout.NOT_PUBLISHED);
    }
}
