package io.coppice.ops.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.bench.StateBench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Figures of products that do different work would mean nothing. */
class ProductsAgreeTest {
    private static final int TRANSACTIONS = 300;
    private static final long STATE_BYTES = 4096;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Product.class)
    void shouldHoldTheFieldsThatWereSetWhenOpenedAgain(Product product) throws Exception {
        for (int count : new int[] {1, 16, 512}) {
            Work work = new Work(Work.Kind.FIELDS, count, STATE_BYTES);
            long[] model = new long[work.fields()];
            Path home = Files.createDirectory(directory.resolve("fields" + count));
            try (Store store = product.open(home, work)) {
                for (int i = 0; i < TRANSACTIONS; i++) {
                    long pick = (long) i * count;
                    work.run(store, pick, i + 1);
                    for (int j = 0; j < count; j++) {
                        model[Work.field(pick + j, model.length)] = i + 1;
                    }
                }
                store.count(-7);
                model[0] = -7;
            }
            try (Store store = product.open(home, work)) {
                for (int field = 0; field < model.length; field++) {
                    assertEquals(model[field], store.field(field), product + " field " + field);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Product.class)
    void shouldHoldTheEntriesThatWerePutWhenOpenedAgain(Product product) throws Exception {
        Work work = new Work(Work.Kind.MAP, 10, 0);
        long[] model = new long[Work.MAP_ENTRIES];
        try (Store store = product.open(directory, work)) {
            for (int i = 0; i < TRANSACTIONS; i++) {
                work.run(store, 10L * i, i + 1);
                for (int j = 0; j < 10; j++) {
                    model[(int) Work.key(10L * i + j)] = i + 1;
                }
            }
        }
        try (Store store = product.open(directory, work)) {
            for (int key = 0; key < model.length; key++) {
                assertEquals(model[key], store.entry(key), product + " key " + key);
            }
        }
    }

    @Test
    void shouldReachEveryFieldAndEveryKeyOnceBeforeAnyTwice() {
        boolean[] fields = new boolean[512];
        for (int i = 0; i < fields.length; i++) {
            fields[Work.field(i, fields.length)] = true;
        }
        boolean[] keys = new boolean[Work.MAP_ENTRIES];
        for (int i = 0; i < keys.length; i++) {
            keys[(int) Work.key(i)] = true;
        }
        for (boolean reached : fields) {
            assertTrue(reached);
        }
        for (boolean reached : keys) {
            assertTrue(reached);
        }
    }

    @Test
    void shouldReadAWorkBackFromItsCode() {
        for (Work work : Work.all()) {
            assertEquals(work, Work.of(work.code()));
        }
    }

    @Test
    void shouldBeFoundByTheCommand() {
        assertTrue(ServiceLoader.load(StateBench.class).findFirst().isPresent());
    }
}
