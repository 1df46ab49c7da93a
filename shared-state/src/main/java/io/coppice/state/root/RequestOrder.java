package io.coppice.state.root;

/**
 * An order for a daemon, which carries out what is numbered higher than its {@code orderDone}.
 *
 * @param number 1 for the first order; a later one replaces it
 * @param code what to do
 * @param requestId with which request; 0 with all that are quarantined
 */
public record RequestOrder(long number, OrderCode code, long requestId) {}
