package io.coppice.ops.bench;

import io.coppice.ops.bench.RecoveryManifest.Role;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.state.SegmentException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The rows of the daemons that a root starts again. */
final class SupervisedRows {
    private final BenchInstance instance;
    private final RootWatch root;
    private final Consumer<String> told;
    private final RecoveryRows rows;
    private final List<StandbyReserve> reserves = new ArrayList<>();

    /** @param told what a reader of the figures should know */
    SupervisedRows(BenchInstance instance, RootWatch root, Consumer<String> told, RecoveryRows rows) {
        this.instance = instance;
        this.root = root;
        this.told = told;
        this.rows = rows;
    }

    /**
     * Of one heap. The kernel's own word is taken of the deaths of the daemon that has a standby.
     *
     * @param archives whether there are any
     */
    void add(int heapMib, boolean archives) throws SegmentException {
        addStandby(heapMib);
        addDeathWord(heapMib);
        RowTimes cold = rows.times(RecoveryTable.COLD, heapMib);
        rows.add(KilledRow.cold(
                Role.COLD.daemon(heapMib), stepsOf(Role.COLD, heapMib), kill -> cold.add(kill.commitNs())));
        if (archives) {
            RowTimes archived = rows.times(RecoveryTable.ARCHIVED, heapMib);
            rows.add(KilledRow.cold(
                    Role.ARCHIVED.daemon(heapMib),
                    stepsOf(Role.ARCHIVED, heapMib),
                    kill -> archived.add(kill.commitNs())));
        }
        RowTimes noticeSmall = rows.times(RecoveryTable.NOTICE_SMALL_PAGES, heapMib);
        RowTimes coldSmall = rows.times(RecoveryTable.COLD_SMALL_PAGES, heapMib);
        rows.add(KilledRow.cold(Role.SMALL_PAGES.daemon(heapMib), stepsOf(Role.SMALL_PAGES, heapMib), kill -> {
            noticeSmall.add(kill.noticeNs());
            coldSmall.add(kill.commitNs());
        }));
    }

    /** What is kept in reserve for the daemons of the rows. */
    List<StandbyReserve> reserves() {
        return reserves;
    }

    private void addStandby(int heapMib) throws SegmentException {
        RowTimes standby = rows.times(RecoveryTable.STANDBY, heapMib);
        RowTimes after = rows.times(RecoveryTable.STANDBY_AFTER_NOTICE, heapMib);
        RowTimes notice = rows.times(RecoveryTable.NOTICE, heapMib);
        addReserved(Role.STANDBY, heapMib, kill -> {
            standby.add(kill.commitNs());
            after.add(kill.commitNs() - kill.noticeNs());
            notice.add(kill.noticeNs());
        });
    }

    /** The kernel tells of the same deaths later, which is the point of it. */
    private void addDeathWord(int heapMib) throws SegmentException {
        RowTimes word = rows.times(RecoveryTable.WORD, heapMib);
        RowTimes notice = rows.times(RecoveryTable.WORD_NOTICE, heapMib);
        addReserved(Role.WORD, heapMib, kill -> {
            word.add(kill.commitNs());
            notice.add(kill.noticeNs());
        });
    }

    private void addReserved(Role role, int heapMib, Consumer<Kill> result) throws SegmentException {
        StandbyReserve reserve = new StandbyReserve(root, role.daemon(heapMib));
        reserves.add(reserve);
        rows.add(KilledRow.reserved(reserve, stepsOf(role, heapMib), result, told));
    }

    private StepView stepsOf(Role role, int heapMib) throws SegmentException {
        return instance.beside(SegmentSteps.of(instance.segment(role.daemon(heapMib))));
    }
}
