package io.coppice.worker.runtime;

import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What operators want done with what is quarantined, and with results that nobody takes up. An order is carried out by the next commit; only
 * then the root is told that it was. A process that dies in between leaves it to its successor, who does it again, which changes nothing: what was
 * ordered about is not quarantined, or there, any more. What is to begin afresh gets another id: so no slot has anything of it, and no verdict of
 * the root's is about it. Loop thread only.
 */
final class RootOrders {
    private final TransactionPort port;
    private final OpenRequests open;
    private final LongSupplier ids;
    private final IntPredicate kept;
    private @Nullable RootOrder due;

    /**
     * Of one daemon.
     *
     * @param ids a new one each time
     * @param kept whether what an entry asks for is done, and nobody takes up its result
     */
    RootOrders(TransactionPort port, OpenRequests open, LongSupplier ids, IntPredicate kept) {
        this.ids = ids;
        this.port = port;
        this.open = open;
        this.kept = kept;
    }

    /** Whether there is one that was not carried out. Allocates nothing. */
    boolean isDue() {
        return due != null || port.orderNumber() > port.orderDone();
    }

    /** Takes note of one. */
    void look() {
        if (isDue()) {
            Optional<RootOrder> order = port.order();
            due = order.filter(present -> present.number() > port.orderDone()).orElse(null);
        }
    }

    /** Does what is due. @return whether there was something */
    boolean carryOut() {
        RootOrder order = due;
        if (order == null) {
            return false;
        }
        RequestTable table = port.table();
        int entry = open.nextAbove(0, Standing.QUARANTINED);
        while (entry >= 0) {
            long id = table.id(entry);
            if (order.concerns(id)) {
                carryOut(order.what(), table, entry);
                open.changed();
            }
            entry = open.nextAbove(id, Standing.QUARANTINED);
        }
        if (order.what() == RootOrder.What.DROP) {
            dropKept(open.find(order.id()));
        }
        return true;
    }

    /** Only one that is named: what is done is not lost by an order that is about failures. */
    private void dropKept(int entry) {
        if (entry >= 0 && kept.test(entry)) {
            port.table().free(entry);
            open.changed();
        }
    }

    private void carryOut(RootOrder.What what, RequestTable table, int entry) {
        switch (what) {
            case RETRY -> table.queue(entry);
            case DROP -> table.free(entry);
            case RETRY_AFRESH -> table.queueAfresh(entry, ids.getAsLong());
            case UNKNOWN -> {}
        }
    }

    /** What was carried out is committed. */
    void committed() {
        RootOrder order = due;
        if (order != null) {
            port.orderDone(order.number());
            due = null;
        }
    }
}
