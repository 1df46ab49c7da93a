package io.coppice.state;

import java.util.List;

/** A queue in a private copy. Immutable, any thread. */
public final class QueueView {
    private final StructureInfo info;
    private final List<RecordView> records;
    private final long removed;

    private QueueView(StructureInfo info, List<RecordView> records, long removed) {
        this.info = info;
        this.records = records;
        this.removed = removed;
    }

    static QueueView checked(StructureInfo info, byte[] data) {
        long removed = NativeWords.get(data, QueueLayout.REMOVED_OFFSET);
        long added = NativeWords.get(data, QueueLayout.ADDED_OFFSET);
        long size = added - removed;
        if (removed < 0 || added < 0 || size < 0 || size > info.capacity()) {
            throw new SegmentDamagedException("Queue " + info.name() + " is damaged: " + added + " records added, "
                    + removed + " removed; its capacity is " + info.capacity() + ".");
        }
        RecordView[] records = new RecordView[(int) size];
        for (int i = 0; i < records.length; i++) {
            long offset = QueueLayout.recordOffset(0, removed + i, info.capacity(), info.recordBytes());
            records[i] = RecordView.checked(info, data, (int) offset);
        }
        return new QueueView(info, List.of(records), removed);
    }

    QueueView as(RecordLayout layout, String segment) {
        info.requireLayout(layout, segment);
        return new QueueView(
                info, records.stream().map(record -> record.as(layout)).toList(), removed);
    }

    /** Records present. */
    public int size() {
        return records.size();
    }

    /** Most records it can hold. */
    public int capacity() {
        return info.capacity();
    }

    /** Records that went through it: ever added and removed again. */
    public long removed() {
        return removed;
    }

    /** The fields of each record, as the segment describes them. */
    public List<FieldInfo> fields() {
        return info.fields();
    }

    /** One record, 0 (the oldest) to {@code size() - 1}. */
    public RecordView record(int index) {
        return records.get(index);
    }
}
