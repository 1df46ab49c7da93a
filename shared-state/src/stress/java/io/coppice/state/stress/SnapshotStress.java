package io.coppice.state.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A copy of words that change and are rolled back in place is of one commit, or there is none: the sequence checks. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Nothing new.")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "One commit, whole.")
@Outcome(expect = Expect.FORBIDDEN, desc = "See the constants of MappedPair.")
@State
public class SnapshotStress {
    private final MappedPair pair = MappedPair.next();

    @Actor
    public void writer() {
        pair.change();
    }

    @Actor
    public void reader(I_Result result) {
        result.r1 = pair.copy();
    }
}
