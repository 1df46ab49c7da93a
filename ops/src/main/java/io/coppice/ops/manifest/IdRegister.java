package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who has which of the numbers that the machine has set aside for us: a file of lines {@code FIRST COUNT NAME DIRECTORY}, of a child's
 * name, or {@code -}, and its instance's directory, which lasts as files do: what belongs to a number must not be another's one day. So nothing is ever given back by itself, also by no {@code purge}, after which
 * files that a worker made elsewhere are still its user's; an instance that comes again has the numbers that it had. Who is certain that nothing
 * of an instance is left anywhere may remove its lines.
 *
 * <p>What is taken is a proposal for a plan, until that is {@linkplain #record recorded}. One thread; blocks.
 */
public final class IdRegister {
    private static final String NAME = "ids";
    private static final String STATE = "/var/lib/coppice";
    /** By which the group that reads the root's segment is registered. */
    static final String READERS = "-";

    /** systemd names the directory of a service's own so, or several, with colons between. */
    private static final String STATE_VARIABLE = "STATE_DIRECTORY";

    private static final Pattern LINE = Pattern.compile("([1-9][0-9]{0,9}) ([1-9][0-9]{0,5}) ([a-z0-9.@-]{1,64} /.*)");
    private static final long MAX_BYTES = 16L << 20;

    private final Map<String, Block> taken;
    private final Map<String, Block> fresh = new LinkedHashMap<>();

    /** The numbers of one owner: {@code count} from {@code first} on. */
    private record Block(int first, int count) {
        boolean overlaps(Block other) {
            return first < (long) other.first + other.count && other.first < (long) first + count;
        }
    }

    private IdRegister(Map<String, Block> taken) {
        this.taken = taken;
    }

    /**
     * The machine's register as it is now.
     *
     * @throws IOException if it cannot be read, or is damaged: then nobody knows what is whose, and the message names the line
     */
    static IdRegister read(Surroundings surroundings) throws IOException {
        return new IdRegister(entries(file(surroundings)));
    }

    /**
     * The first number of a block; that of the last time, if the owner has one that is large enough.
     *
     * @param owner as {@link #owner} has it
     * @param count how many numbers
     * @return null if the range has no room for it
     */
    @Nullable
    Integer take(String owner, int count, IdRange range) {
        Block known = fresh.getOrDefault(owner, taken.get(owner));
        if (known != null && known.count >= count) {
            return known.first;
        }
        TreeMap<Integer, Block> inOrder = new TreeMap<>();
        taken.values().forEach(block -> inOrder.put(block.first, block));
        fresh.values().forEach(block -> inOrder.put(block.first, block));
        long candidate = range.first();
        for (Block block : inOrder.values()) {
            if (new Block((int) candidate, count).overlaps(block)) {
                candidate = (long) block.first + block.count;
            }
        }
        if (candidate + count - 1 > range.last()) {
            return null;
        }
        fresh.put(owner, new Block((int) candidate, count));
        return (int) candidate;
    }

    /** Whose a number is, by now or by what was taken here, for people; null if it is nobody's. */
    @Nullable
    String ownerOf(int number) {
        for (Map<String, Block> blocks : List.of(taken, fresh)) {
            for (Map.Entry<String, Block> entry : blocks.entrySet()) {
                if (entry.getValue().overlaps(new Block(number, 1))) {
                    String[] parts = entry.getKey().split(" ", 2);
                    return (parts[0].equals(READERS) ? "the readers of the root's record" : parts[0]) + " of "
                            + parts[1];
                }
            }
        }
        return null;
    }

    /**
     * Writes down what a plan gives to whom, before it is run; nothing of a plan that gives nothing.
     *
     * @throws IOException if that fails, or another process took some of it since the plan was made: then it must be made anew
     */
    public static void record(Plan plan, Surroundings surroundings) throws IOException {
        if (plan.isolation() == Isolation.USER) {
            Path file = file(surroundings);
            Map<String, Block> given = given(plan);
            change(file, present -> {
                requireFree(given, present, file);
                present.putAll(given);
            });
        }
    }

    /**
     * Whether {@link #record} would write it down now; nothing is written.
     *
     * @throws IOException as that
     */
    public static void requireRecordable(Plan plan, Surroundings surroundings) throws IOException {
        if (plan.isolation() != Isolation.USER) {
            return;
        }
        Path file = file(surroundings);
        requireFree(given(plan), entries(file), file);
        Path directory = file.resolveSibling(".").normalize();
        while (!Files.exists(directory)) {
            directory = directory.resolve("..").normalize();
        }
        if (!Files.isWritable(directory)) {
            throw new IOException(file + " cannot be written, as " + directory + " is not writable");
        }
    }

    private static Map<String, Block> given(Plan plan) {
        Map<String, Block> given = new LinkedHashMap<>();
        given.put(owner(READERS, plan.directory()), new Block(plan.readers(), 1));
        for (ChildPlan child : plan.children()) {
            Identity identity = child.identity();
            if (identity != null) {
                given.put(owner(nameOf(child), plan.directory()), new Block(identity.own(), count(child)));
            }
        }
        return given;
    }

    private static void requireFree(Map<String, Block> given, Map<String, Block> present, Path file)
            throws IOException {
        for (Map.Entry<String, Block> entry : given.entrySet()) {
            for (Map.Entry<String, Block> other : present.entrySet()) {
                if (!other.getKey().equals(entry.getKey()) && other.getValue().overlaps(entry.getValue())) {
                    throw new IOException("the users of " + entry.getKey() + " are " + other.getKey() + "'s by now ("
                            + file + "); do it once more");
                }
            }
        }
    }

    /**
     * Takes back the numbers of an instance, of whose workers not one file may be left anywhere.
     *
     * @param directory of the instance
     * @throws IOException if the register cannot be read or written
     */
    public static void forget(String directory, Surroundings surroundings) throws IOException {
        Path file = file(surroundings);
        if (Files.exists(file)) {
            change(file, present -> present.keySet().removeIf(owner -> owner.endsWith(" " + directory)));
        }
    }

    /** By what name the numbers of a child are registered: all slots of a daemon together. */
    static String nameOf(ChildPlan child) {
        return child.slot() > 0 ? SlotName.logName(child.name()) : child.name();
    }

    /** Of the entry of that name, of an instance in that directory. */
    static String owner(String name, String directory) {
        return name + " " + directory;
    }

    /** Where the register is. */
    static Path file(Surroundings surroundings) {
        String own = surroundings.environment().getOrDefault(STATE_VARIABLE, "");
        return own.startsWith("/")
                ? Path.of(own.split(":", 2)[0]).resolve(NAME)
                : surroundings.system(STATE).resolve(NAME);
    }

    /**
     * How many numbers a child has: of slots as many as there could ever be processes of them, so that more slots need no other block; and
     * one more, the last, for who makes archives, also of a command, since a daemon of that name would need another block.
     */
    static int count(ChildPlan child) {
        return (child.slot() > 0 ? Identity.MAX_UIDS : 1) + 1;
    }

    private interface Change {
        void in(Map<String, Block> present) throws IOException;
    }

    /** Under a lock of its own, as the file itself is replaced. */
    private static void change(Path file, Change change) throws IOException {
        Path directory = file.resolveSibling(".").normalize();
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (FileChannel lock = FileChannel.open(
                file.resolveSibling("ids.lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            lock.lock();
            Map<String, Block> present = entries(file);
            change.in(present);
            StringBuilder text = new StringBuilder();
            present.forEach((owner, block) -> text.append(block.first)
                    .append(' ')
                    .append(block.count)
                    .append(' ')
                    .append(owner)
                    .append('\n'));
            Path unfinished = file.resolveSibling("ids.new");
            Files.deleteIfExists(unfinished);
            try (FileChannel out = FileChannel.open(
                    unfinished,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true); // the machine may fail, and files keep their owners' numbers
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static Map<String, Block> entries(Path file) throws IOException {
        Map<String, Block> entries = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return entries;
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + " has more than " + MAX_BYTES + " bytes");
        }
        int number = 0;
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            number++;
            Matcher entry = LINE.matcher(line);
            if (!entry.matches()
                    || Long.parseLong(entry.group(1)) > IdRange.MOST
                    || entries.put(
                                    entry.group(3),
                                    new Block(Integer.parseInt(entry.group(1)), Integer.parseInt(entry.group(2))))
                            != null) {
                throw new IOException(file + ":" + number + ": " + Problems.quoted(line)
                        + " is no entry `FIRST COUNT NAME DIRECTORY` of its own: who has which users cannot be told."
                        + " Correct it by the owners of the segments (`ls -n`)");
            }
        }
        return entries;
    }
}
