package io.coppice.ops.system.daemons;

import static io.coppice.ops.system.daemons.Libc.C;
import static io.coppice.ops.system.daemons.Libc.done;

import io.coppice.ops.system.daemons.Libc.RefusedException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * What a worker may try to do to others: how it is done, and which isolation refuses it. None of it does harm where it succeeds: it sets what is set
 * already, sends what nobody heeds, and puts back what it took away.
 */
public enum Attempt {
    OPEN("open the segment of a peer or the root for writing", Victims.FILES, Since.LANDLOCK, Attempt::open),
    MAP("map it writable", Victims.FILES, Since.LANDLOCK, Attempt::map),
    PROTECT(
            "map it for reading, and then allow itself to write (`mprotect`)",
            Victims.FILES,
            Since.LANDLOCK,
            Attempt::protect),
    REOPEN(
            "open it for reading, and that descriptor once more for writing (`/proc/self/fd`)",
            Victims.FILES,
            Since.LANDLOCK,
            Attempt::reopen),
    LENGTH("set its length", Victims.FILES, Since.EVER, (scene, victim) -> {
        Path segment = scene.segment(victim.file());
        done("truncate", C.truncate(segment.toString(), Files.size(segment)));
    }),
    PUNCH("allocate blocks of it, or give them back", Victims.FILES, Since.LANDLOCK, (scene, victim) -> {
        int fd = open(scene.segment(victim.file()), Flags.READ_WRITE);
        try {
            done("fallocate", C.fallocate(fd, Flags.KEEP_SIZE, 0, Flags.PAGE));
        } finally {
            C.close(fd);
        }
    }),
    MODE("set its mode", Victims.FILES, Since.EVER, (scene, victim) -> {
        Path segment = scene.segment(victim.file());
        done("chmod", C.chmod(segment.toString(), (Integer) Files.getAttribute(segment, "unix:mode") & 07777));
    }),
    OWNER("set its owner", Victims.FILES, Since.EVER, (scene, victim) -> {
        Path segment = scene.segment(victim.file());
        done("chown", C.chown(segment.toString(), (Integer) Files.getAttribute(segment, "unix:uid"), (Integer)
                Files.getAttribute(segment, "unix:gid")));
    }),
    TIMES("set its times", Victims.FILES, Since.EVER, (scene, victim) -> {
        Pointer times = Libc.memory(32);
        long now = System.currentTimeMillis() / 1000;
        times.putLong(0, now);
        times.putLong(16, now);
        done(
                "utimensat",
                C.utimensat(Flags.AT_FDCWD, scene.segment(victim.file()).toString(), times, 0));
    }),
    READ_UNLISTED(
            "read the segment of a peer that `reads` does not name", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
                C.close(open(scene.segment(Scene.IDLE), Flags.READ));
            }),
    LOCK("take the owner lock of a peer that is down", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        Path file = scene.instance().resolve(Scene.IDLE + ".lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw new IOException("somebody has it");
            }
        }
    }),
    SHARED_LOCK("take a shared lock on it", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        Path file = scene.instance().resolve(Scene.IDLE + ".lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            if (lock == null) {
                throw new IOException("somebody has it");
            }
        }
    }),
    LEASE("take a lease on the segment of a peer that is down", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        int fd = open(scene.segment(Scene.IDLE), Flags.READ);
        try {
            done("fcntl", C.fcntl(fd, Flags.SET_LEASE, Flags.READ_LEASE));
            done("fcntl", C.fcntl(fd, Flags.SET_LEASE, Flags.NO_LEASE));
        } finally {
            C.close(fd);
        }
    }),
    REPLACE("put another file in the place of a segment", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        Path same = scene.instance().resolve("peer.seg.intruder");
        Files.createLink(same, scene.segment(Scene.PEER));
        Files.move(same, scene.segment(Scene.PEER), StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(same);
    }),
    MOVE("rename a segment", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        Path away = scene.instance().resolve("idle.seg.intruder");
        Files.move(scene.segment(Scene.IDLE), away);
        Files.move(away, scene.segment(Scene.IDLE));
    }),
    BESIDE("make a file beside the segments, one or ten thousand", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        Files.delete(Files.createFile(scene.instance().resolve("intruder.tmp")));
    }),
    OWN_DIRECTORY("list a peer's own directory", Victims.ONE, Since.NEVER, (scene, victim) -> {
        try (var files = Files.list(scene.instance().resolve(Scene.PEER + ".own"))) {
            files.count();
        }
    }),
    PLAN("read the plan", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        Files.readAllBytes(scene.instance().resolve("plan"));
    }),
    READ_LOG("read a peer's log", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        C.close(open(scene.instance().resolve("logs/peer.log"), Flags.READ));
    }),
    WRITE_LOG("write to a peer's log", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        C.close(open(scene.instance().resolve("logs/peer.log"), Flags.WRITE));
    }),
    ARCHIVE("replace a start archive", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        Path archives = scene.home().resolve(".archives");
        Path own = Files.writeString(archives.resolve("intruder.jsa"), "none");
        Files.move(own, archives.resolve("decoy.jsa"), StandardCopyOption.REPLACE_EXISTING);
    }),
    ARCHIVES_LOCK("lock the archives", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        Path file = scene.home().resolve(".archives/lock");
        // An archiver may have it just now; then whoever waits gets it.
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
            if (lock != null) {
                lock.release();
            }
        }
    }),
    ARCHIVE_READ("read a start archive of another", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        C.close(open(scene.home().resolve(".archives/decoy.jsa"), Flags.READ));
    }),
    JAR("open a jar that a peer starts from for writing", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        C.close(open(jarOfAll(), Flags.READ_WRITE));
    }),
    OTHER_JAR("put another file in the place of a jar", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        // The same one, by another name.
        Path jar = jarOfAll();
        Path same = Files.createLink(jar.resolveSibling("intruder.jar"), jar);
        Files.move(same, jar, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(same);
    }),
    JDK("open the JDK's classes for writing", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        C.close(open(Path.of(System.getProperty("java.home"), "lib", "modules"), Flags.READ_WRITE));
    }),
    JDK_LINKED(
            "open a file that the JDK has as a link to elsewhere for writing",
            Victims.ONE,
            Since.LANDLOCK,
            (scene, victim) -> C.close(open(linkedByJdk(), Flags.READ_WRITE))),
    SCRIPT("open the script of a probe for writing", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
        C.close(open(jarOfAll().resolveSibling("health.sh"), Flags.READ_WRITE));
    }),
    INSTALLATION(
            "open the launcher, and so the installation, for writing", Victims.ONE, Since.LANDLOCK, (scene, victim) -> {
                C.close(open(place(scene, Scene.LAUNCHER), Flags.READ_WRITE));
            }),
    ASK("ask the root by its control socket", Victims.ONE, Since.EVER, Attempt::ask),
    MEMORY(
            "open the memory of a peer or the root (`/proc/PID/mem`)",
            Victims.PROCESSES,
            Since.LANDLOCK,
            (scene, victim) -> {
                C.close(open(Path.of("/proc/" + scene.pid(victim.file()) + "/mem"), Flags.READ_WRITE));
            }),
    ENVIRONMENT("read its environment", Victims.PROCESSES, Since.LANDLOCK, (scene, victim) -> {
        Files.readAllBytes(Path.of("/proc/" + scene.pid(victim.file()) + "/environ"));
    }),
    TRACE("trace it (`ptrace`)", Victims.PROCESSES, Since.EVER, Attempt::trace),
    WRITE_MEMORY("write to its memory (`process_vm_writev`)", Victims.PROCESSES, Since.EVER, Attempt::writeMemory),
    STEAL("take a descriptor of it (`pidfd_getfd`)", Victims.PROCESSES, Since.EVER, (scene, victim) -> {
        int pidfd = done("pidfd_open", C.syscall(Libc.PIDFD_OPEN, scene.pid(victim.file()), 0, 0, 0));
        try {
            C.close(done("pidfd_getfd", C.syscall(Libc.PIDFD_GETFD, pidfd, 1, 0, 0)));
        } finally {
            C.close(pidfd);
        }
    }),
    SIGNAL("send it a signal", Victims.PROCESSES, Since.SCOPES, (scene, victim) -> {
        done("kill", C.kill(scene.pid(victim.file()), Flags.SIGURG));
    }),
    PIDFD_SIGNAL("send it a signal by a pidfd", Victims.PROCESSES, Since.SCOPES, (scene, victim) -> {
        int pidfd = done("pidfd_open", C.syscall(Libc.PIDFD_OPEN, scene.pid(victim.file()), 0, 0, 0));
        try {
            done("pidfd_send_signal", C.syscall(Libc.PIDFD_SEND_SIGNAL, pidfd, Flags.SIGURG, 0, 0));
        } finally {
            C.close(pidfd);
        }
    }),
    WAKE("wake it where it is stopped (SIGCONT)", Victims.PROCESSES, Since.SCOPES, (scene, victim) -> {
        done("kill", C.kill(scene.pid(victim.file()), Flags.SIGCONT));
    }),
    LIMITS("set limits of it (`prlimit`)", Victims.PROCESSES, Since.EVER, (scene, victim) -> {
        Pointer limit = Libc.memory(16);
        done("prlimit", C.prlimit(scene.pid(victim.file()), Flags.RLIMIT_CORE, null, limit));
        done("prlimit", C.prlimit(scene.pid(victim.file()), Flags.RLIMIT_CORE, limit, null));
    }),
    PRIORITY("set its priority", Victims.PROCESSES, Since.EVER, (scene, victim) -> {
        int now = C.getpriority(0, scene.pid(victim.file()));
        done("setpriority", C.setpriority(0, scene.pid(victim.file()), now));
    }),
    DISK_PRIORITY("set its priority with disks", Victims.PROCESSES, Since.EVER, (scene, victim) -> {
        done("ioprio_set", C.syscall(Libc.IOPRIO_SET, 1, scene.pid(victim.file()), 0, 0));
    }),
    PROCESSORS("set the processors that it runs on", Victims.PROCESSES, Since.EVER, (scene, victim) -> {
        Pointer mask = Libc.memory(128);
        int bytes = done("sched_getaffinity", C.sched_getaffinity(scene.pid(victim.file()), 128, mask));
        done("sched_setaffinity", C.sched_setaffinity(scene.pid(victim.file()), bytes > 0 ? bytes : 128, mask));
    }),
    SCHEDULER("set its scheduling policy", Victims.PROCESSES, Since.EVER, (scene, victim) -> {
        done("sched_setscheduler", C.sched_setscheduler(scene.pid(victim.file()), 0, Libc.memory(64)));
    }),
    OOM("offer it to the OOM killer", Victims.PROCESSES, Since.LANDLOCK, (scene, victim) -> {
        Path file = Path.of("/proc/" + scene.pid(victim.file()) + "/oom_score_adj");
        Files.writeString(file, Files.readString(file).strip());
    }),
    OTHER_PROC(
            "offer it to the OOM killer by a second `/proc` that is mounted elsewhere",
            Victims.PROCESSES,
            Since.LANDLOCK,
            (scene, victim) -> {
                Path file = place(scene, Scene.PROC).resolve(scene.pid(victim.file()) + "/oom_score_adj");
                Files.writeString(file, Files.readString(file).strip());
            }),
    TERMINAL(
            "open a terminal of its user, by which it could type there",
            Victims.ONE,
            Since.LANDLOCK,
            (scene, victim) -> C.close(open(place(scene, Scene.TERMINAL), Flags.READ_WRITE | Flags.NO_CONTROL))),
    GROUP(
            "write to its control group",
            Victims.PROCESSES,
            Since.LANDLOCK,
            (scene, victim) -> group(Long.toString(scene.pid(victim.file())))),
    DRAW("draw it into its own control group", Victims.ONE, Since.LANDLOCK, (scene, victim) -> group("self")),
    ATTACH(
            "attach to a peer's JVM that has been attached to before (`jcmd`)",
            Victims.ONE,
            Since.EVER,
            Attempt::attach),
    SHARED_MEMORY("attach shared memory of its user (System V)", Victims.ONE, Since.EVER, (scene, victim) -> {
        String id = scene.place(Scene.MEMORY).orElseThrow().toString();
        Pointer address = C.shmat(Integer.parseInt(id), null, Flags.SHM_READ_ONLY);
        done("shmat", address.address() == -1 ? -1 : 0);
        C.shmdt(address);
    }),
    PACKETS(
            "listen to what others send over the network (a packet socket)",
            Victims.ONE,
            Since.EVER,
            (scene, victim) -> C.close(done("socket", C.socket(Flags.AF_PACKET, Flags.SOCK_RAW, 0)))),
    SLOT_MODE(
            "open its slot to others for all who follow by its mode, as a transaction",
            Victims.SLOT,
            Since.EVER,
            MODE.action),
    SLOT_LIST("open it by an access control list, as a transaction", Victims.SLOT, Since.EVER, Attempt::setList),
    SLOT_GROUP("open it by its group, as a transaction", Victims.SLOT, Since.EVER, (scene, victim) -> {
        Path segment = scene.segment(victim.file());
        done("chown", C.chown(segment.toString(), Flags.SAME, (Integer) Files.getAttribute(segment, "unix:gid")));
    });

    /** What refuses an attempt in a sandbox. */
    public enum Since {
        /** The filter of system calls, or the root. */
        EVER(0),
        /** Rules of Landlock, all levels. */
        LANDLOCK(1),
        /** Those of Linux 6.12. */
        SCOPES(6),
        /** None: whoever may list {@code /} may list all that is beneath. */
        NEVER(Integer.MAX_VALUE);

        private final int abi;

        Since(int abi) {
            this.abi = abi;
        }
    }

    private static final class Victims {
        static final Set<Victim> FILES = EnumSet.of(Victim.PEER, Victim.ROOT, Victim.DAEMON);
        static final Set<Victim> PROCESSES = FILES;
        static final Set<Victim> ONE = EnumSet.of(Victim.PEER);
        static final Set<Victim> SLOT = EnumSet.of(Victim.SLOT);
    }

    private static final class Flags {
        static final int READ = 0;
        static final int WRITE = 1;
        static final int READ_WRITE = 2;
        static final int NO_CONTROL = 0400;
        static final int KEEP_SIZE = 1;
        static final int PAGE = 4096;
        static final int PROT_READ = 1;
        static final int PROT_WRITE = 2;
        static final int MAP_SHARED = 1;
        static final int AT_FDCWD = -100;
        static final int SET_LEASE = 1024;
        static final int READ_LEASE = 0;
        static final int NO_LEASE = 2;
        static final int PTRACE_SEIZE = 0x4206;
        static final int RLIMIT_CORE = 4;
        static final int SIGCONT = 18;
        /** Ignored by whoever does not ask for it. */
        static final int SIGURG = 23;

        static final int SHM_READ_ONLY = 0x1000;
        static final int AF_PACKET = 17;
        static final int SOCK_RAW = 3;
        static final int EFAULT = 14;
        static final int EOPNOTSUPP = 95;

        /** Of a user or group: leaves it. */
        static final int SAME = -1;
    }

    private interface Action {
        void on(Scene scene, Victim victim) throws Exception;
    }

    private final String words;
    private final Set<Victim> victims;
    private final Since since;
    private final Action action;

    Attempt(String words, Set<Victim> victims, Since since, Action action) {
        this.words = words;
        this.victims = victims;
        this.since = since;
        this.action = action;
    }

    /** For people, as in the table. */
    public String words() {
        return words;
    }

    public Set<Victim> victims() {
        return victims;
    }

    private static Path jarOfAll() {
        return Stream.of(System.getProperty("java.class.path").split(":", -1))
                .filter(entry -> entry.endsWith("/daemons.jar"))
                .map(Path::of)
                .findFirst()
                .orElseThrow();
    }

    private static Path place(Scene scene, String what) throws NotHereException {
        return scene.place(what).orElseThrow(() -> new NotHereException("the test has no " + what));
    }

    private static Path linkedByJdk() throws IOException, NotHereException {
        Path jdk = Path.of(System.getProperty("java.home")).toRealPath();
        try (Stream<Path> files = Files.walk(jdk)) {
            for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                if (Files.isRegularFile(link) && !link.toRealPath().startsWith(jdk)) {
                    return link;
                }
            }
        }
        throw new NotHereException("the JDK has no link to elsewhere");
    }

    /** Whether a sandbox refuses it on a kernel of that level of Landlock. */
    public boolean isRefusedInSandbox(int abi) {
        return abi >= since.abi;
    }

    /** Makes it. Says {@code done}, or why not. */
    String on(Scene scene, Victim victim) {
        try {
            action.on(scene, victim);
            return "done";
        } catch (NotHereException e) {
            return "not here, " + e.getMessage();
        } catch (Exception e) {
            return "refused, " + e;
        }
    }

    /** It cannot be tried on this machine. */
    private static final class NotHereException extends Exception {
        private static final long serialVersionUID = 1;

        NotHereException(String reason) {
            super(reason);
        }
    }

    private static int open(Path file, int flags) throws RefusedException {
        return done("open", C.open(file.toString(), flags, 0));
    }

    private static void open(Scene scene, Victim victim) throws RefusedException {
        C.close(open(scene.segment(victim.file()), Flags.READ_WRITE));
    }

    private static Pointer map(int fd, int protection) throws RefusedException {
        Pointer address = C.mmap(null, Flags.PAGE, protection, Flags.MAP_SHARED, fd, 0);
        done("mmap", address.address() == -1 ? -1 : 0);
        return address;
    }

    private static void map(Scene scene, Victim victim) throws RefusedException {
        int fd = open(scene.segment(victim.file()), Flags.READ_WRITE);
        try {
            C.munmap(map(fd, Flags.PROT_READ | Flags.PROT_WRITE), Flags.PAGE);
        } finally {
            C.close(fd);
        }
    }

    /** Of a descriptor for writing, where it can be had; of one for reading the kernel refuses it always. */
    private static void protect(Scene scene, Victim victim) throws RefusedException {
        String segment = scene.segment(victim.file()).toString();
        int fd = C.open(segment, Flags.READ_WRITE, 0);
        if (fd < 0) {
            fd = open(scene.segment(victim.file()), Flags.READ);
        }
        try {
            Pointer address = map(fd, Flags.PROT_READ);
            try {
                done("mprotect", C.mprotect(address, Flags.PAGE, Flags.PROT_READ | Flags.PROT_WRITE));
            } finally {
                C.munmap(address, Flags.PAGE);
            }
        } finally {
            C.close(fd);
        }
    }

    private static void reopen(Scene scene, Victim victim) throws RefusedException {
        int fd = open(scene.segment(victim.file()), Flags.READ);
        try {
            C.close(open(Path.of("/proc/self/fd/" + fd), Flags.READ_WRITE));
        } finally {
            C.close(fd);
        }
    }

    /** The one that says what the mode says. */
    private static void setList(Scene scene, Victim victim) throws Exception {
        Path segment = scene.segment(victim.file());
        int mode = (Integer) Files.getAttribute(segment, "unix:mode");
        // The version, and of owner, group and others a tag, what they may, and nobody's number.
        Pointer list = Libc.memory(28);
        list.putInt(0, 2);
        int[] tags = {0x01, 0x04, 0x20};
        for (int i = 0; i < tags.length; i++) {
            list.putShort(4 + i * 8L, (short) tags[i]);
            list.putShort(6 + i * 8L, (short) (mode >> (6 - 3 * i) & 7));
            list.putInt(8 + i * 8L, -1);
        }
        try {
            done("setxattr", C.setxattr(segment.toString(), "system.posix_acl_access", list, 28, 0));
        } catch (RefusedException e) {
            if (e.errno == Flags.EOPNOTSUPP) {
                throw new NotHereException("the file system of segments keeps no access control lists");
            }
            throw e;
        }
    }

    private static void ask(Scene scene, Victim victim) throws IOException {
        String answer = talk(scene.instance().resolve("control.sock"), "coppice/1 ping\n");
        if (!answer.equals("ok\n")) {
            throw new IOException("answered: " + answer.strip());
        }
    }

    private static String talk(Path socket, String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            ByteBuffer answer = ByteBuffer.allocate(512);
            while (answer.position() == 0 && channel.read(answer) >= 0) {
                // Until there is a part of it.
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }

    /** By a thread whose end is the end of it. */
    private static void trace(Scene scene, Victim victim) throws Exception {
        Exception[] refused = {null};
        Thread tracer = new Thread(
                () -> {
                    try {
                        done("ptrace", C.ptrace(Flags.PTRACE_SEIZE, scene.pid(victim.file()), 0, 0));
                    } catch (RefusedException e) {
                        refused[0] = e;
                    }
                },
                "tracer");
        tracer.start();
        tracer.join();
        Exception why = refused[0];
        if (why != null) {
            throw why;
        }
    }

    /** To where nothing is: who may not is told so before the kernel looks where. */
    private static void writeMemory(Scene scene, Victim victim) throws RefusedException {
        Pointer local = vector(Libc.memory(8).address());
        Pointer remote = vector(8);
        try {
            done("process_vm_writev", C.process_vm_writev(scene.pid(victim.file()), local, 1, remote, 1, 0));
        } catch (RefusedException e) {
            if (e.errno != Flags.EFAULT) {
                throw e;
            }
        }
    }

    private static Pointer vector(long address) {
        Pointer vector = Libc.memory(16);
        vector.putLong(0, address);
        vector.putLong(8, 8);
        return vector;
    }

    /** Of whichever version; what matters is whether it could be moved or killed. */
    private static void group(String process) throws Exception {
        @Nullable Exception refused = null;
        for (String line : Files.readAllLines(Path.of("/proc/" + process + "/cgroup"))) {
            String[] parts = line.split(":", 3);
            for (String place : List.of(parts[1].replace("name=", ""), "unified", "")) {
                Path file = Path.of("/sys/fs/cgroup/" + place + parts[2] + "/cgroup.procs");
                if (Files.exists(file)) {
                    try {
                        C.close(open(file, Flags.WRITE));
                        return;
                    } catch (RefusedException e) {
                        refused = e;
                    }
                }
            }
        }
        throw refused == null ? new NotHereException("its control group is not in /sys/fs/cgroup") : refused;
    }

    /** The socket is there once anybody has looked at the peer with jcmd or jstack, for as long as it lives. */
    private static void attach(Scene scene, Victim victim) throws Exception {
        Path socket = Path.of("/tmp/.java_pid" + scene.pid(victim.file()));
        if (!Files.exists(socket)) {
            throw new NoSuchFileException(socket.toString());
        }
        String answer = talk(socket, "1\0jcmd\0VM.version\0\0\0");
        if (!answer.startsWith("0\n")) {
            throw new IOException("answered: " + answer);
        }
    }
}
