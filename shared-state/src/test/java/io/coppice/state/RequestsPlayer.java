package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** Room for three requests, often full, whose entries are freed and taken again within one commit and over several. */
final class RequestsPlayer implements StructurePlayer {
    static final int ENTRIES = 3;
    static final int INPUT_BYTES = 44;
    private static final String PREFIX = "requests.";
    private static final String LAST = "requests-last";

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        Requests requests = state.requests(ENTRIES, INPUT_BYTES);
        List<Long> ids = new ArrayList<>();
        for (String key : model.keySet()) {
            if (key.startsWith(PREFIX)) {
                ids.add(Long.parseLong(key.substring(PREFIX.length())));
            }
        }
        long last = model.getOrDefault(LAST, 0L);
        if (random.nextInt(3) == 0 || ids.isEmpty()) {
            add(requests, random, model, ids.size(), last);
            return;
        }
        ids.sort(null);
        long id = ids.get(random.nextInt(ids.size()));
        int entry = requests.find(id);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                requests.free(entry);
                assertThrows(IllegalArgumentException.class, () -> requests.free(entry));
                model.remove(PREFIX + id);
                return;
            }
            case 3 -> requests.status(entry, RequestStatus.values()[random.nextInt(3)]);
            case 4 -> requests.slot(entry, random.nextInt(33));
            case 5 -> requests.attempts(entry, random.nextInt(60));
            case 6 -> requests.cause(entry, "x".repeat(random.nextInt(70)));
            default -> {
                long over = last + random.nextInt(3);
                requests.passOver(over);
                StructurePlayer.putUnlessZero(model, LAST, over);
            }
        }
        model.put(PREFIX + id, hash(requests, entry));
    }

    private static void add(Requests requests, SplittableRandom random, Map<String, Long> model, int size, long last) {
        long id = RequestId.of(1, last + 1 + random.nextInt(2));
        byte[] input = inputOf(id);
        if (size == ENTRIES) {
            StructurePlayer.refused(() -> requests.add(id, taskOf(id), input, 0));
            return;
        }
        StructurePlayer.refused(() -> requests.add(id, taskOf(id), new byte[INPUT_BYTES + 1], 0));
        int entry = requests.add(id, taskOf(id), input, random.nextLong());
        model.put(PREFIX + id, hash(requests, entry));
        model.put(LAST, RequestId.sequence(id));
    }

    /** What a request asks for follows from its id, so that whoever reads one can tell whether it is whole. */
    static String taskOf(long id) {
        return "task-" + "t".repeat((int) (RequestId.sequence(id) * 7 % 40)) + RequestId.sequence(id);
    }

    /** Its input, likewise. */
    static byte[] inputOf(long id) {
        return StructurePlayer.bytes(new SplittableRandom(id), (int) (RequestId.sequence(id) * 11 % (INPUT_BYTES + 1)));
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (StructurePlayer.exists(state, Requests.STRUCTURE)) {
            Requests requests = state.requests(ENTRIES, INPUT_BYTES);
            StructurePlayer.putUnlessZero(found, LAST, requests.lastSequence());
            int size = 0;
            for (int entry = 0; entry < ENTRIES; entry++) {
                long id = requests.id(entry);
                if (id != 0) {
                    assertEquals(taskOf(id), requests.task(entry));
                    found.put(PREFIX + id, hash(requests, entry));
                    size++;
                }
            }
            assertEquals(size, requests.size());
        }
    }

    private static long hash(Requests requests, int entry) {
        return Objects.hash(
                requests.status(entry).code(),
                requests.slot(entry),
                requests.attempts(entry),
                requests.submittedAtEpochMs(entry),
                requests.task(entry),
                Arrays.hashCode(requests.input(entry)),
                requests.cause(entry));
    }
}
