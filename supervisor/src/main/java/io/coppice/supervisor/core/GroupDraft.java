package io.coppice.supervisor.core;

/** A group's next state while a step is in progress. Never leaves the step. */
final class GroupDraft {
    final GroupSpec spec;
    private final GroupState before;
    FailureHistory failures;
    long restartAtNs;
    boolean done;

    GroupDraft(GroupState before) {
        this.before = before;
        spec = before.spec();
        failures = before.failures();
        restartAtNs = before.restartAtNs();
        done = before.done();
    }

    /** The state as drafted; the very same object if nothing changed. */
    GroupState state() {
        GroupState after = new GroupState(spec, failures, restartAtNs, done);
        return after.equals(before) ? before : after;
    }
}
