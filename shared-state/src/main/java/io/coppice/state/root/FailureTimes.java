package io.coppice.state.root;

import io.coppice.state.BytesField;
import io.coppice.state.Record;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** When failures happened that count towards a limit, oldest first, as eight bytes each in one field of a record. */
final class FailureTimes {
    private FailureTimes() {}

    /** At most {@link RootLayouts#FAILURES_KEPT}, the last of them. */
    static List<Long> newest(List<Long> times) {
        return List.copyOf(times.subList(Math.max(0, times.size() - RootLayouts.FAILURES_KEPT), times.size()));
    }

    static void store(Record row, BytesField field, List<Long> times) {
        byte[] bytes = new byte[times.size() * Long.BYTES];
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        times.forEach(words::putLong);
        row.set(field, bytes, 0, bytes.length);
    }

    static List<Long> load(Record row, BytesField field) {
        byte[] bytes = new byte[RootLayouts.FAILURES_KEPT * Long.BYTES];
        int length = row.get(field, bytes, 0);
        return times(bytes, length);
    }

    static List<Long> times(byte[] bytes, int length) {
        List<Long> times = new ArrayList<>();
        ByteBuffer words = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.nativeOrder());
        while (words.remaining() >= Long.BYTES) {
            times.add(words.getLong());
        }
        return times;
    }
}
