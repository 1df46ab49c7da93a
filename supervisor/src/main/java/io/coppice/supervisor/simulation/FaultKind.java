package io.coppice.supervisor.simulation;

/** What can befall an instance. Each kind strikes so often an hour, or with such a chance at each occasion. */
public enum FaultKind {
    CRASH("crash", 0.5, 10, "a process that runs ends by a signal or a failure code"),
    HANG("hang", 0.2, 4, "a process that runs does nothing any more"),
    EXIT("exit", 0.1, 1, "a process that runs ends with code 0 although it ought to go on"),
    POISON("poison", 0.02, 0.5, "a daemon commits what its successors die of"),
    FALSE_ALARM("false-alarm", 0.1, 2, "a daemon that works is found hung"),
    UNHEALTHY("unhealthy", 0.2, 4, "a readiness probe finds a process unwell for up to a minute"),
    STANDBY_DEATH("standby-death", 0.5, 10, "a standby that waits dies"),
    ROOT_DEATH("root-death", 0.1, 4, "the root is killed; another comes within 10 s and takes over"),
    ROOT_STALL("root-stall", 0.5, 10, "the root does nothing for up to 10 s"),
    OPERATOR("operator", 0.2, 10, "an operator types commands, at once or in a burst, and often at a bad moment"),
    RELOAD("reload", 0.1, 2, "the manifest is reloaded with some daemons started in another way"),
    START_CRASH("start-crash", "a start ends in a crash before the daemon is ready"),
    SLOW_BOOT("slow-boot", "a JVM takes up to twice the start timeout to boot"),
    SPAWN_FAILURE("spawn-failure", "a process cannot be spawned"),
    SLOW_DEATH("slow-death", "a process takes up to 4 s to die of SIGKILL"),
    IGNORES_TERM("ignores-term", "a process does not listen to SIGTERM"),
    UNINTERRUPTIBLE("uninterruptible", "a killed process is stuck in the kernel for 10 to 60 s"),
    ZOMBIE("zombie", "the kernel tells of a death up to 5 s late"),
    PID_REUSE("pid-reuse", "a new process has the number of one that ended just now"),
    LATE_WORD("late-word", "what a worker said reaches the root up to 1 s late"),
    STAGE_TALK("stage-talk", "a worker says again and again that it recovers or migrates");

    private final String word;
    private final boolean timed;
    private final double rare;
    private final double frequent;
    private final String meaning;

    FaultKind(String word, double rarePerHour, double frequentPerHour, String meaning) {
        this(word, true, rarePerHour, frequentPerHour, meaning);
    }

    FaultKind(String word, String meaning) {
        this(word, false, 0.02, 0.3, meaning);
    }

    FaultKind(String word, boolean timed, double rare, double frequent, String meaning) {
        this.word = word;
        this.timed = timed;
        this.rare = rare;
        this.frequent = frequent;
        this.meaning = meaning;
    }

    /** Its name on the command line. */
    public String word() {
        return word;
    }

    /** True: it strikes so often an hour; each process, or the one root, or the instance's operators. False: with a chance, each time. */
    public boolean timed() {
        return timed;
    }

    /** What it is, for people. */
    public String meaning() {
        return meaning;
    }

    /** Times an hour, or a probability, where it is drawn to be rare. */
    public double rare() {
        return rare;
    }

    /** Times an hour, or a probability, where it is drawn to be frequent. */
    public double frequent() {
        return frequent;
    }
}
