package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.Probes;
import org.jspecify.annotations.Nullable;

/**
 * By the probes of a manifest, with their times and thresholds. The program is up within a second of its launch; from then on every
 * look succeeds until it hangs, which all but a log line find out, or falls ill, which the readiness probe does.
 */
final class DeclaredProber extends SimulatedProber {
    private static final long LONGEST_NS = 365L * 24 * 3600 * SECOND;

    private final Probes probes;
    private long launchedNs;
    private long upAtNs;
    private boolean startedUp;
    private boolean ill;
    private int successes;

    DeclaredProber(Simulation world, SimulatedProcess process, Probes probes) {
        super(world, process);
        this.probes = probes;
        startedUp = probes.startup() == null;
    }

    /** From the beginning of a hang until a probe has told of it, at most. */
    static long noticedWithinNs(@Nullable Probe probe) {
        return probe == null ? 0 : product(probe.failureThreshold(), periodNs(probe)) + probe.timeoutMs() * MS;
    }

    @Override
    void released() {
        launchedNs = nowNs();
        upAtNs = launchedNs + world.endDraws.ns(10 * MS, SECOND);
        Probe startup = probes.startup();
        if (startup != null) {
            world.agenda.in(startup.initialDelayMs() * MS + noticedWithinNs(startup), this::endIfNotStartedUp);
        }
        if (probes.decideReadiness()) {
            lookFirst();
        }
    }

    /** What decides now that it is up, or ready. */
    private Probe gate() {
        Probe startup = startedUp ? null : probes.startup();
        Probe readiness = probes.readiness();
        if (startup != null) {
            return startup;
        }
        if (readiness == null) {
            throw new IllegalStateException("nothing is left to wait for");
        }
        return readiness;
    }

    private void lookFirst() {
        Probe gate = gate();
        long fromNs = launchedNs + gate.initialDelayMs() * MS;
        if (gate.check() instanceof ProbeCheck.LogLine) {
            fromNs = Math.max(fromNs, upAtNs); // it is looked for all the time
        }
        world.agenda.in(Math.max(0, fromNs - nowNs()), this::lookForReady);
    }

    private void lookForReady() {
        if (!process.live() || process.isReady()) {
            return;
        }
        Probe gate = gate();
        boolean readiness = startedUp;
        if (process.isRunning() && !process.isHung() && nowNs() >= upAtNs) {
            successes++;
            if (successes >= gate.successThreshold()) {
                successes = 0;
                startedUp = true;
                if (readiness || probes.readiness() == null) {
                    tellReady();
                } else {
                    lookFirst();
                }
                return;
            }
        }
        long everyNs = periodNs(gate);
        world.agenda.in(readiness ? Math.min(everyNs, SECOND) : everyNs, this::lookForReady);
    }

    private void endIfNotStartedUp() {
        Probe startup = probes.startup();
        if (process.live() && !startedUp && startup != null) {
            tellFailed("startup: " + failed(startup));
            world.agenda.in(Math.max(SECOND, periodNs(startup)), this::endIfNotStartedUp);
        }
    }

    @Override
    void hung() {
        Probe liveness = probes.liveness();
        if (liveness != null && startedUp && (process.isReady() || !process.spec.hasSegment())) {
            world.agenda.in(untilNoticedNs(liveness), this::endIfHung);
        }
        Probe readiness = looksOnAndOn();
        if (readiness != null && process.isReady()) {
            world.agenda.in(untilNoticedNs(readiness), () -> {
                if (process.live() && well()) {
                    setWell(false);
                    tellHealth();
                }
            });
        }
    }

    private void endIfHung() {
        Probe liveness = probes.liveness();
        if (process.live() && liveness != null) {
            tellFailed("liveness: " + failed(liveness));
            world.agenda.in(Math.max(SECOND, periodNs(liveness)), this::endIfHung);
        }
    }

    @Override
    void fallIll() {
        Probe readiness = looksOnAndOn();
        if (readiness == null || !process.isReady() || ill) {
            return;
        }
        ill = true;
        process.stopServing();
        world.agenda.in(untilNoticedNs(readiness), () -> {
            if (process.live() && ill && well()) {
                setWell(false);
                tellHealth();
            }
        });
        world.agenda.in(world.endDraws.ns(SECOND, 60 * SECOND), () -> {
            if (process.live() && !process.isHung()) {
                ill = false;
                process.serve();
                long againNs = product(readiness.successThreshold() - 1, periodNs(readiness))
                        + world.endDraws.ns(0, periodNs(readiness));
                world.agenda.in(againNs, this::recover);
            }
        });
    }

    private void recover() {
        if (process.live() && !process.isHung() && !ill && !well()) {
            setWell(true);
            tellHealth();
        }
    }

    @Override
    void tellHealth() {
        Probe readiness = probes.readiness();
        if (readiness != null) {
            tellHealth(well() ? readiness.check().words() : failed(readiness));
        }
    }

    /** The readiness probe, unless what it has seen once it has seen for ever. */
    private @Nullable Probe looksOnAndOn() {
        Probe readiness = probes.readiness();
        return readiness == null || readiness.check() instanceof ProbeCheck.LogLine ? null : readiness;
    }

    /** The look that is the first to fail comes within a period; none before the initial delay. */
    private long untilNoticedNs(Probe probe) {
        long notBeforeNs = Math.max(0, launchedNs + probe.initialDelayMs() * MS - nowNs());
        return notBeforeNs
                + world.endDraws.ns(0, periodNs(probe))
                + product(probe.failureThreshold() - 1, periodNs(probe))
                + probe.timeoutMs() * MS;
    }

    private static String failed(Probe probe) {
        String how = probe.check() instanceof ProbeCheck.LogLine
                ? "not seen"
                : "no answer within " + probe.timeoutMs() + " ms";
        return probe.check().words() + ": " + how + ", " + probe.failureThreshold() + " times in a row";
    }

    private static long periodNs(Probe probe) {
        return probe.periodMs() * MS;
    }

    /** Long enough is for ever. */
    private static long product(long times, long lengthNs) {
        return times == 0 || lengthNs <= LONGEST_NS / times ? times * lengthNs : LONGEST_NS;
    }
}
