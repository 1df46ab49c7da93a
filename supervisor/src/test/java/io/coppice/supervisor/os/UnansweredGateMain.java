package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.util.concurrent.locks.LockSupport;
import jnr.ffi.Pointer;

/** Launches a child that is kept in its group, says {@code asked} once that waits for an answer, and never gives one. */
final class UnansweredGateMain {
    private UnansweredGateMain() {}

    public static void main(String[] args) {
        SpawnCall.tryGroup((listener, caller) -> {
            Pointer poll = Kernel.allocate(Long.BYTES);
            poll.putInt(0, listener);
            poll.putShort(Integer.BYTES, (short) Kernel.POLLIN);
            while (LIBC.poll(poll, 1, 1000) <= 0) {
                Thread.onSpinWait();
            }
            System.out.println("asked");
            while (true) {
                LockSupport.park();
            }
        });
    }
}
