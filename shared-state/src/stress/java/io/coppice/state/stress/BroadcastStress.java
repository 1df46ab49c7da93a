package io.coppice.state.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A broadcast brings what was committed, in order, or tells what it lost: the ring's end and intactFrom. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Nothing new.")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Messages, whole and in order.")
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "Some were overwritten, and that was told.")
@Outcome(expect = Expect.FORBIDDEN, desc = "See the constants of MappedPair.")
@State
public class BroadcastStress {
    private final MappedPair pair = MappedPair.next();

    @Actor
    public void writer() {
        pair.shout();
    }

    @Actor
    public void reader(I_Result result) {
        result.r1 = pair.hear();
    }
}
