package io.coppice.supervisor.root;

import io.coppice.state.RequestId;
import io.coppice.state.root.Asker;
import io.coppice.state.root.RequestOrder;
import io.coppice.supervisor.core.SupervisorState;

/**
 * What operators want done with what the transactions of a daemon have in quarantine. The root does none of it: it writes the order into the
 * daemon's row, where it stands until the daemon has carried it out, by whichever process. An order takes the place of the one before, so there
 * is none while that is not carried out; a daemon that lies about it brings about no more than that its own orders are lost.
 *
 * <p>Duty-cycle thread only.
 */
final class TransactionOrders {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    /** Far from the number of orders that anybody gives. */
    private static final long MOST_ORDERS = 1L << 48;

    private final ChildTable children;
    private final RequestWatch requests;
    private final SegmentWatch segments;
    private final StatusPublisher publisher;

    TransactionOrders(ChildTable children, RequestWatch requests, SegmentWatch segments, StatusPublisher publisher) {
        this.children = children;
        this.requests = requests;
        this.segments = segments;
        this.publisher = publisher;
    }

    /**
     * Gives an order, if it can be given.
     *
     * @param by who asks
     * @return the reply, with the order's number if it was
     */
    String give(ControlRequest.Order asked, Asker by, SupervisorState state) {
        int child = ControlEvents.indexOf(asked.name(), state);
        if (child == ControlEvents.NOT_FOUND) {
            return ControlEvents.immediateReply(asked, state);
        }
        ChildProcess daemon = children.get(child);
        if (!requests.hasSlots(daemon)) {
            return error(USAGE, asked.name() + " has no transactions");
        }
        RequestOrder last = publisher.order(child);
        long done = segments.orderDone(daemon);
        if (done < 0 || done > MOST_ORDERS) {
            return error(
                    FAILED,
                    done == SegmentWatch.UNKNOWN
                            ? "its segment cannot be read, so nobody would know whether it was carried out"
                            : "its segment is damaged: it has carried out order " + done + ", it says");
        }
        if (last != null && done < last.number()) {
            return error(
                    FAILED,
                    "it has not carried out order " + last.number() + " yet (" + words(last)
                            + "); it does so as soon as it runs");
        }
        // Above both: the record of earlier roots may be lost.
        RequestOrder order = new RequestOrder(done + 1, asked.code(), asked.request());
        publisher.order(child, order, by, "order " + order.number() + ": " + words(order));
        return "ok " + order.number();
    }

    private static String words(RequestOrder order) {
        return order.code().word() + " "
                + (order.requestId() == ControlRequest.ALL_REQUESTS
                        ? "all that is quarantined"
                        : RequestId.text(order.requestId()));
    }

    private static String error(int exitCode, String text) {
        return "error " + exitCode + " " + text;
    }
}
