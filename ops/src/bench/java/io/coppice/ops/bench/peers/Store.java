package io.coppice.ops.bench.peers;

import java.io.Closeable;
import java.io.IOException;

/**
 * State that survives the death of its process at any instruction: rows of eight 8-byte fields, numbered through from 0, and a map
 * from long to long. All fields are 0 and all keys from 0 to {@link Work#MAP_ENTRIES} - 1 are mapped to 0 at first. One thread.
 * Each change is one transaction, complete once the method returns.
 */
interface Store extends Closeable {
    int FIELDS_PER_ROW = 8;

    /** Sets field 0. */
    void count(long value);

    /** Sets the {@code count} fields from the {@code first}-th pick on to {@code value}; see {@link Work#field}. */
    void setFields(long first, int count, long value);

    /** Maps the {@code count} keys from the {@code first}-th pick on to {@code value}; see {@link Work#key}. */
    void putEntries(long first, int count, long value);

    /** Value of a field. */
    long field(int field);

    /** Value of a key that is present. */
    long entry(long key);

    @Override
    void close() throws IOException;
}
