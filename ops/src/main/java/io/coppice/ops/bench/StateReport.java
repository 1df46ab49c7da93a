package io.coppice.ops.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What {@code bench state} measured.
 *
 * @param products each product with its version and how it was set up
 * @param costs rows that compare products, those of one work one after the other
 * @param findings rows that stand alone
 */
public record StateReport(List<String> products, List<Cost> costs, List<Finding> findings) {
    /** The product whose rows are compared with the best of the others. */
    public static final String OURS = "coppice";

    /** Copies the lists. */
    public StateReport {
        products = List.copyOf(products);
        costs = List.copyOf(costs);
        findings = List.copyOf(findings);
    }

    /** One report of several. */
    public StateReport and(StateReport more) {
        return new StateReport(
                joined(products, more.products), joined(costs, more.costs), joined(findings, more.findings));
    }

    /**
     * What one piece of work takes one product.
     *
     * @param batch operations timed together, because one is shorter than the clock can tell; p99 is then that of batches
     * @param bytesPerOperation allocated on the heap
     */
    public record Cost(String work, String product, int batch, double p50Ns, double p99Ns, double bytesPerOperation) {}

    /**
     * A figure without a peer.
     *
     * @param target what it is meant to be, in words; empty if nothing is
     */
    public record Finding(String what, double value, String unit, String target) {}

    /** How many times the median of the fastest other product of the same work a row's median is; empty without another. */
    OptionalDouble againstBestOther(Cost cost) {
        OptionalDouble best = costs.stream()
                .filter(other -> other.work().equals(cost.work())
                        && !other.product().equals(cost.product())
                        && !other.product().equals(OURS))
                .mapToDouble(Cost::p50Ns)
                .min();
        return best.isPresent() ? OptionalDouble.of(cost.p50Ns() / best.getAsDouble()) : best;
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
