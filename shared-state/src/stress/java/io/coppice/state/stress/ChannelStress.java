package io.coppice.state.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A channel brings each committed message once: its end, and the place that the reader committed. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Nothing new.")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Messages, whole and in order.")
@Outcome(expect = Expect.FORBIDDEN, desc = "See the constants of MappedPair.")
@State
public class ChannelStress {
    private final MappedPair pair = MappedPair.next();

    @Actor
    public void writer() {
        pair.send();
    }

    @Actor
    public void reader(I_Result result) {
        result.r1 = pair.receive();
    }
}
