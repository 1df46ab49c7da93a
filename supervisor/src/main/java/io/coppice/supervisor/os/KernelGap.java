package io.coppice.supervisor.os;

/** What a {@link Restriction} asks for and this kernel cannot enforce. */
public enum KernelGap {
    /** Without it no launch with a ruleset is made. */
    LANDLOCK(
            "no file, process or signal is kept from it: there is no Landlock (Linux 5.13, among the modules of lsm=, and not refused by a filter"
                    + " around the root, such as a unit's SystemCallFilter=)"),
    /** Stricter, not looser. */
    REPARENTING(
            "a rename or link from one directory to another is refused also where a rule allows it (needs Linux 5.19)"),
    /** Half closed by the filter, see {@link SeccompFilter}. */
    TRUNCATION("what it may open for writing it may also shorten (needs Linux 6.2)"),
    DEVICE_COMMANDS("a device that it may open takes every command (needs Linux 6.10)"),
    SIGNALS("it may send signals to every process of its user (needs Linux 6.12)"),
    ABSTRACT_SOCKETS("it may connect to every abstract UNIX socket (needs Linux 6.12)"),
    /** Without it no launch with a filter is made. */
    FILTER(
            "chmod, chown, priorities and limits of others are not kept from it: this kernel takes no seccomp filter, or a filter around the root"
                    + " refuses the call"),
    /** See {@link GroupFilter}. */
    GROUP(
            "what a transaction leaves behind may outlive it in a session of its own, and change results of the next one in its slot, and with a user of"
                    + " its own it may open the slot's files to others, who keep them open: this kernel takes no filter that could keep it from"
                    + " that (Linux 5.5), or one around the root precludes it. `limits` end what is left behind");

    private final String text;

    KernelGap(String text) {
        this.text = text;
    }

    /** What the restricted process may do therefore, for people: the rest of a line. */
    public String text() {
        return text;
    }
}
