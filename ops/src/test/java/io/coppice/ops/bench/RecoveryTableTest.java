package io.coppice.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTableTest {
    private static final long US = 1_000;

    @Test
    void shouldTellSharesOfTheTimesThatWereAdded() {
        RowTimes times = new RowTimes("row", 32);
        for (int i = 100; i > 0; i--) {
            times.add(i * US);
        }

        assertEquals(100, times.count());
        assertEquals(50, times.us(50));
        assertEquals(90, times.us(90));
        assertEquals(99, times.us(99));
        assertEquals(100, times.us(100));
        times.forget();
        times.add(7 * US);
        assertEquals(1, times.count());
        assertEquals(7, times.us(99));
    }

    @Test
    void shouldPrintOneObjectForEachRowInAnArray() throws Exception {
        RecoveryTable table = new RecoveryTable(
                List.of(row(RecoveryTable.COLD, 256, 300_000, 200_000), row(RecoveryTable.FORK, 0, 370, 391)),
                List.of(256));

        assertEquals(
                "[{\"row\":\"cold\",\"jdk\":\"17.0.1\",\"heap_mib\":256,\"kills\":2,"
                        + "\"p50_us\":200000,\"p90_us\":300000,\"p99_us\":300000,\"max_us\":300000},"
                        + "{\"row\":\"C fork\",\"jdk\":\"17.0.1\",\"heap_mib\":0,\"kills\":2,"
                        + "\"p50_us\":370,\"p90_us\":391,\"p99_us\":391,\"max_us\":391}]",
                table.json("17.0.1"));
    }

    @Test
    void shouldSetWhatHasATargetBesideIt() {
        RecoveryTable table = new RecoveryTable(
                List.of(
                        row(RecoveryTable.STANDBY, 32, 2_000, 4_000),
                        row(RecoveryTable.STANDBY_AFTER_NOTICE, 32, 400, 2_900),
                        row(RecoveryTable.WORD, 32, 2_000, 4_000),
                        row(RecoveryTable.WORD_NOTICE, 32, 5_000, 6_000),
                        row(RecoveryTable.RUNSV, 32, 50_000, 80_000),
                        row(RecoveryTable.EMPTY_DAEMON, 32, 150_000, 150_000),
                        row(RecoveryTable.EMPTY_JVM, 32, 60_000, 90_000),
                        row(RecoveryTable.FORK, 0, 370, 391),
                        row(RecoveryTable.TRANSACTION_STANDBY, 32, 400, 900),
                        row(RecoveryTable.TASK_JVM, 32, 60_000, 90_000),
                        row(RecoveryTable.transactionsOf(2), 32, 250_000)),
                List.of(32, 256));

        assertEquals(
                List.of(
                        "kill -9 to first committed step      heap MiB  kills     p50 ms     p90 ms     p99 ms     max ms",
                        "standby                                    32      2      2.000      4.000      4.000      4.000",
                        "standby after death notice                 32      2      0.400      2.900      2.900      2.900",
                        "standby, death word, touched 4 KiB         32      2      2.000      4.000      4.000      4.000",
                        "death notice of the same kills             32      2      5.000      6.000      6.000      6.000",
                        "runsv, cold                                32      2     50.000     80.000     80.000     80.000",
                        "empty daemon to ready                      32      2    150.000    150.000    150.000    150.000",
                        "empty JVM to main                          32      2     60.000     90.000     90.000     90.000",
                        "C fork                                      -      2      0.370      0.391      0.391      0.391",
                        "submit to result, standby                  32      2      0.400      0.900      0.900      0.900",
                        "task in a JVM made for it                  32      2     60.000     90.000     90.000     90.000",
                        "a transaction of many, 2 slots             32      1    250.000    250.000    250.000    250.000",
                        "standby minus death notice, 32 MiB: p50 0.40 ms (target 0.50), p99 2.90 ms (target 3.00)",
                        "standby at the death word / death notice of the same kills, 32 MiB: 0.40 (p50; target for 256 MiB: below 1)",
                        "runsv and a cold JVM / standby, 32 MiB: 25.0 (p50; target: at least 10)",
                        "empty daemon to ready / empty JVM to main, 32 MiB: 2.50 (p50; target: at most 2.50)",
                        "submit to result of an empty task with a standby, 32 MiB: p50 0.40 ms (target 0.50)",
                        "task in a JVM made for it / submit to result, standby, 32 MiB: 150.0 (p50)",
                        "transactions without a standby, 2 slots, 32 MiB: 4.0 in a second (p50)"),
                table.lines());
    }

    @Test
    void shouldCompareNothingWithARowThatIsNotThere() {
        RecoveryTable table = new RecoveryTable(List.of(row(RecoveryTable.RUNSV, 32, 50_000, 80_000)), List.of(32));

        assertEquals(2, table.lines().size(), table.lines().toString());
    }

    private static RowTimes row(String name, int heapMib, long... timesUs) {
        RowTimes times = new RowTimes(name, heapMib);
        for (long us : timesUs) {
            times.add(us * US);
        }
        return times;
    }
}
