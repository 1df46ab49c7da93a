package io.coppice.supervisor.os;

import java.util.concurrent.atomic.AtomicInteger;

/** Prints the numbers of the termination signals it gets, and ends at SIGTERM. */
final class SignalProbe {
    private SignalProbe() {}

    public static void main(String[] args) throws Exception {
        AtomicInteger last = new AtomicInteger();
        try (EventFd fd = EventFd.create();
                Epoll epoll = Epoll.create()) {
            TerminationSignals.deliverTo(fd, last);
            epoll.add(fd.fd(), 1);
            System.out.println("listening");
            int number = 0;
            while (number != 15) {
                epoll.await(-1);
                fd.drain();
                number = last.getAndSet(0);
                if (number != 0) {
                    System.out.println(number);
                }
            }
        }
    }
}
