package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.Fallback;
import java.util.ArrayList;
import java.util.List;
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

    boolean condemned;

    /** For what recover or migrate took, which the contents that it started from are not to blame for. */
    boolean condemnedForItsCode;

    /** Of the latest Spawn that this root decided on. */
    long lastIncarnation;
    /** Of the latest Spawn that any root carried out. */
    long lastSpawned;

    long highestCommit;
    /** Deaths that count as failures by any reading. */
    final List<Long> surelyCounted = new ArrayList<>();
    /** Deaths that may count. */
    final List<Long> perhapsCounted = new ArrayList<>();

    /** Deaths in a row that the poison rule counts. */
    int poisonDeaths;

    /** How many it was told of since an incarnation of it lasted: there are only so many. */
    int fallbacks;

    /** What the next incarnation must be told to fall back to. */
    @Nullable
    Fallback fallbackDue;

    void forgetFailures() {
        surelyCounted.clear();
        perhapsCounted.clear();
        forgetPoison();
    }

    void forgetPoison() {
        poisonDeaths = 0;
        fallbacks = 0;
        fallbackDue = null;
    }

    void endLife() {
        endAsked = false;
        signaled = false;
        killSignal = null;
        ran = false;
        condemned = false;
        condemnedForItsCode = false;
    }

    /** A fresh root forgets all but incarnations and commits. */
    void forgetAllBut(long incarnation) {
        endLife();
        forgetFailures();
        wantedUp = true;
        lastIncarnation = incarnation;
    }
}
