package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A table of requests in a private copy. Immutable, any thread. */
public final class RequestsView {
    private final StructureInfo info;
    private final byte[] data;
    private final List<RequestInfo> requests;
    private final List<Integer> entries;

    private RequestsView(StructureInfo info, byte[] data, List<RequestInfo> requests, List<Integer> entries) {
        this.info = info;
        this.data = data;
        this.requests = List.copyOf(requests);
        this.entries = List.copyOf(entries);
    }

    static RequestsView checked(StructureInfo info, byte[] data) {
        List<Integer> entries = new ArrayList<>();
        Set<Long> ids = new HashSet<>();
        long last = NativeWords.get(data, RequestsLayout.LAST_SEQUENCE_OFFSET);
        require(last >= 0 && last <= RequestId.MAX_SEQUENCE, info, "lastSequence " + last);
        for (int entry = 0; entry < info.capacity(); entry++) {
            long id = word(data, entry, RequestsLayout.ID_OFFSET);
            if (id != 0) {
                require(
                        RequestId.isValid(id) && RequestId.sequence(id) <= last && ids.add(id),
                        info,
                        "id " + id + ", lastSequence " + last);
                entries.add(entry);
            }
        }
        long size = NativeWords.get(data, RequestsLayout.SIZE_OFFSET);
        require(size == entries.size(), info, "size " + size + ", and " + entries.size() + " entries");
        entries.sort(Comparator.comparingLong(entry -> word(data, entry, RequestsLayout.ID_OFFSET)));
        List<RequestInfo> requests = new ArrayList<>();
        for (int entry : entries) {
            requests.add(read(info, data, entry));
        }
        return new RequestsView(info, data, requests, entries);
    }

    private static RequestInfo read(StructureInfo info, byte[] data, int entry) {
        long id = word(data, entry, RequestsLayout.ID_OFFSET);
        long code = word(data, entry, RequestsLayout.STATUS_OFFSET);
        long slot = word(data, entry, RequestsLayout.SLOT_OFFSET);
        long attempts = word(data, entry, RequestsLayout.ATTEMPTS_OFFSET);
        long lengths = word(data, entry, RequestsLayout.LENGTHS_OFFSET);
        Optional<RequestStatus> status = RequestStatus.of(code);
        String where = "request " + id + ": ";
        require(status.isPresent(), info, where + "status " + code);
        require(slot >= 0 && slot <= HeaderLayout.MAX_SLOTS, info, where + "slot " + slot);
        require(attempts >= 0 && attempts <= Integer.MAX_VALUE, info, where + "attempts " + attempts);
        require(RequestsLayout.fits(lengths, (int) info.parameter2()), info, where + "lengths " + lengths);
        int body = body(info, entry);
        long hash = RequestsLayout.hash(id, lengths, data, body, data, body + RequestsLayout.INPUT_OFFSET);
        require(hash == word(data, entry, RequestsLayout.HASH_OFFSET), info, where + "hash " + hash);
        return new RequestInfo(
                id,
                status.orElseThrow(),
                (int) slot,
                (int) attempts,
                word(data, entry, RequestsLayout.SUBMITTED_AT_EPOCH_MS_OFFSET),
                new String(data, body, RequestsLayout.taskLength(lengths), StandardCharsets.UTF_8),
                RequestsLayout.inputLength(lengths),
                new String(
                        data,
                        body + RequestsLayout.CAUSE_OFFSET,
                        RequestsLayout.causeLength(lengths),
                        StandardCharsets.UTF_8));
    }

    /** Requests that it holds. */
    public int size() {
        return requests.size();
    }

    /** Most requests it can hold. */
    public int capacity() {
        return info.capacity();
    }

    /** Longest input it takes. */
    public int maxInputBytes() {
        return (int) info.parameter2();
    }

    /** Sequence of the last id that was given. */
    public long lastSequence() {
        return NativeWords.get(data, RequestsLayout.LAST_SEQUENCE_OFFSET);
    }

    /** All of them, in the order of their ids. */
    public List<RequestInfo> requests() {
        return requests;
    }

    /** One of them, empty if there is none of that id. */
    public Optional<RequestInfo> request(long id) {
        return requests.stream().filter(request -> request.id() == id).findFirst();
    }

    /** A copy of the input of one of them, empty if there is none of that id. */
    public Optional<byte[]> input(long id) {
        for (int i = 0; i < requests.size(); i++) {
            RequestInfo request = requests.get(i);
            if (request.id() == id) {
                int from = body(info, entries.get(i)) + RequestsLayout.INPUT_OFFSET;
                return Optional.of(Arrays.copyOfRange(data, from, from + request.inputBytes()));
            }
        }
        return Optional.empty();
    }

    private static int body(StructureInfo info, int entry) {
        return (int) RequestsLayout.bodyOffset(0, entry, info.capacity(), (int) info.parameter2());
    }

    private static long word(byte[] data, int entry, int offset) {
        return NativeWords.get(data, (int) RequestsLayout.indexOffset(0, entry) + offset);
    }

    private static void require(boolean condition, StructureInfo info, String problem) {
        if (!condition) {
            throw new SegmentDamagedException("Table of requests " + info.name() + " is damaged: " + problem
                    + "; it has room for " + info.capacity() + " with inputs of at most " + info.parameter2()
                    + " bytes.");
        }
    }
}
