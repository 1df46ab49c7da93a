package io.coppice.supervisor.os;

/**
 * The capabilities that a restricted child of user 0 has not, since they go around files, rules and the filter. Numbers of capabilities(7),
 * the same on every machine.
 */
enum DroppedCapability {
    /** Opens by a handle, whatever lies on the way. */
    DAC_READ_SEARCH(2),
    /** Takes a network interface down, and with it whoever is asked over it: a probe of a peer, and the peer is killed. */
    NET_ADMIN(12),
    /** Reads what others send each other, {@code lo} included, and sends in the name of others. */
    NET_RAW(13),
    /** Opens every user's shared memory and queues. */
    IPC_OWNER(15),
    SYS_MODULE(16),
    SYS_RAWIO(17),
    SYS_PTRACE(19),
    /** Switches the accounting of processes, which is the machine's. */
    SYS_PACCT(20),
    /** A third of all there is, a look at every process's memory among it. */
    SYS_ADMIN(21),
    SYS_BOOT(22),
    SYS_TIME(25),
    /** Hangs terminals up. */
    SYS_TTY_CONFIG(26),
    /** Makes devices, and opens by them what is on the disk. */
    MKNOD(27),
    /** Switches the audit of the machine. */
    AUDIT_CONTROL(30),
    MAC_OVERRIDE(32),
    MAC_ADMIN(33),
    SYSLOG(34),
    /** Reads what the audit says of others. */
    AUDIT_READ(37),
    /** Reads the memory of every process, also where tracing is refused. */
    PERFMON(38),
    BPF(39),
    /** Leads to what other processes have mapped. */
    CHECKPOINT_RESTORE(40);

    private final int number;

    DroppedCapability(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
