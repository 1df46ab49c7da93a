package io.coppice.state;

/**
 * The publish area: eight slots, each with an image of all published records, native byte order, layout version 4. Written
 * by the owner at commits, in turn, and read by anybody without disturbing it. Two slots would let a fast writer starve
 * its readers.
 *
 * <pre>
 *  slot, 4224 bytes
 *  offset bytes field
 *       0     8 stamp     -1 while the image is written (release, then a fence); then the commit it belongs to (release)
 *       8   120 padding   one 128-byte line for the word that readers poll
 *     128  4096 image     each published record at its publishOffset
 * </pre>
 *
 * A slot counts if 0 &lt; stamp &lt;= commitSequence. The area is padded to whole pages.
 */
final class PublishLayout {
    static final int SLOTS = 8;
    static final int STAMP_OFFSET = 0;
    static final int IMAGE_OFFSET = HeaderLayout.LINE;
    static final int IMAGE_CAPACITY = 4096;
    static final int SLOT_LENGTH = IMAGE_OFFSET + IMAGE_CAPACITY;
    static final int AREA_LENGTH = Align.up(SLOTS * SLOT_LENGTH, 4096);

    static final long BEING_WRITTEN = -1;
    static final long ERASED = 0;

    private PublishLayout() {}

    static long slotOffset(long publishOffset, int slot) {
        return publishOffset + (long) slot * SLOT_LENGTH;
    }
}
