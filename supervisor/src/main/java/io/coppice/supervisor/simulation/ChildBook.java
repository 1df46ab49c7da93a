package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.Orders;
import io.coppice.supervisor.core.SupervisorState;
import org.jspecify.annotations.Nullable;

/** What is known of a child without asking the core. */
final class ChildBook {
    boolean wantedUp = true;
    /** A stop, restart or shutdown was asked for while the present process lived. */
    boolean endAsked;
    /** Its shutdown signal was commanded. */
    boolean signaled;
    /** The latest signal that an operator sent to the present process. */
    @Nullable
    Integer killSignal;
    /** Released was reported. */
    boolean ran;

    /** It was held when its root died, so its end was as good as asked for, unless it turns out to have run. */
    boolean foundHeld;

    /** It could not be heard for so long, during its start. */
    long unheardNs;

    boolean condemned;

    /** As a probe has said last, of one that had become ready. */
    boolean well = true;

    /** A probe has said that it does not live any more. */
    boolean unhealthy;

    /** For what recover or migrate took, which the contents that it started from are not to blame for. */
    boolean condemnedForItsCode;

    /** Of the latest Spawn that this root decided on. */
    long lastIncarnation;
    /** Of the latest Spawn that any root carried out. */
    long lastSpawned;

    /** As the latest launch, or before any, the plan was. */
    long launchedAs;

    /** The group that it is to be launched again with; -1 for none. */
    int restartsWith = -1;

    /** What is to become of it after the end that was asked for, if it is wanted up. */
    Orders.Fate fate = Orders.Fate.RESTART;

    /** By the reload of this very step. */
    boolean changed;

    long highestCommit;
    /** Deaths that count as failures by any reading. */
    Times surelyCounted = Times.NONE;
    /** Deaths that may count. */
    Times perhapsCounted = Times.NONE;

    /** Deaths in a row that the poison rule counts. */
    int poisonDeaths;

    /** How many it was told of since an incarnation of it lasted: there are only so many. */
    int fallbacks;

    /** What the next incarnation must be told to fall back to. */
    @Nullable
    Fallback fallbackDue;

    void forgetFailures() {
        surelyCounted = Times.NONE;
        perhapsCounted = Times.NONE;
        forgetPoison();
    }

    void forgetPoison() {
        poisonDeaths = 0;
        fallbacks = 0;
        fallbackDue = null;
    }

    /** What others would have had it do does not matter any more: an operator has spoken. */
    void forgetOrders() {
        restartsWith = -1;
        fate = Orders.Fate.RESTART;
    }

    /** A plan has one of another kind by its name: of this one nothing counts any more but its incarnations. */
    void becomesAnother(long launch) {
        wantedUp = true;
        forgetFailures();
        forgetOrders();
        endLife();
        launchedAs = launch;
        changed = false;
    }

    /** It was released after all. */
    void runsAfterAll() {
        if (foundHeld) {
            foundHeld = false;
            endAsked = false;
            ran = true;
        }
    }

    /** Of a slot, whose ends are judged elsewhere. */
    void endLifeOf(Event event, SupervisorState before) {
        if (EventParts.endOf(event, before) >= 0) {
            endLife();
        }
    }

    void endLife() {
        endAsked = false;
        signaled = false;
        killSignal = null;
        ran = false;
        foundHeld = false;
        unheardNs = 0;
        condemned = false;
        unhealthy = false;
        well = true;
        condemnedForItsCode = false;
    }

    /** Becomes as another is now, but for what the world knows: of a root's death nothing else is left than what was committed. */
    void resume(ChildBook committed) {
        wantedUp = committed.wantedUp;
        endAsked = committed.endAsked;
        signaled = committed.signaled;
        killSignal = committed.killSignal;
        ran = committed.ran;
        foundHeld = committed.foundHeld;
        unheardNs = committed.unheardNs;
        condemned = committed.condemned;
        unhealthy = committed.unhealthy;
        well = committed.well;
        condemnedForItsCode = committed.condemnedForItsCode;
        launchedAs = committed.launchedAs;
        restartsWith = committed.restartsWith;
        fate = committed.fate;
        lastIncarnation = committed.lastIncarnation;
        poisonDeaths = committed.poisonDeaths;
        fallbacks = committed.fallbacks;
        fallbackDue = committed.fallbackDue;
        surelyCounted = committed.surelyCounted;
        perhapsCounted = committed.perhapsCounted;
        changed = false;
    }
}
