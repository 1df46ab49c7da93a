package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.os.LandlockRight;
import io.coppice.supervisor.os.LandlockRuleset.Rule;
import io.coppice.supervisor.os.MountTable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Everything on the machine but some directories, as rules. Landlock adds rights and takes none away, so that is a rule for each sibling of
 * those directories and of what is above them. What is made beside such a sibling later has no rule, and in a directory above a hidden one
 * nothing can be made.
 *
 * <p>What else leads to the same files leads to no more: symbolic links on the way are followed and kept, and other mounts of the same file
 * system are looked for, as they are now. The system's own directories, /etc, /usr, /bin, /sbin, /lib and what else begins so, can be read and
 * no more: that matters to whoever may write there, user 0. The same is true of the kernel's file systems, wherever they are mounted: files of
 * other processes of the same user are there.
 *
 * <p>Of devices there are no terminals: what is typed there by a process is an operator's word to his shell. User 0 has only those that every
 * program has to have: its capabilities would open disks to it.
 *
 * <p>Any thread that may block: it lists directories.
 */
public final class Outside {
    /** In one directory; each costs a launch some four system calls. */
    public static final int MOST_SIBLINGS = 4096;

    /**
     * What needs a rule. Not the listing of directories: who may list {@code /} may by that list everything beneath, and a shell that cannot
     * is no use; so names of files are kept from nobody.
     */
    static final Set<LandlockRight> HANDLED = without(LandlockRight.READ_DIR);

    private static final Set<LandlockRight> TO_READ = Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE);
    private static final Path TOP = Path.of("/");
    private static final Path DEVICES = Path.of("/dev");
    private static final Set<Path> KERNEL = Set.of(Path.of("/proc"), Path.of("/sys"));

    /** File systems in which files are the kernel's: to write is to tell it something. */
    private static final Set<String> KERNELS = Set.of(
            "proc",
            "sysfs",
            "cgroup",
            "cgroup2",
            "debugfs",
            "tracefs",
            "securityfs",
            "configfs",
            "bpf",
            "pstore",
            "efivarfs",
            "binfmt_misc",
            "mqueue",
            "fusectl",
            "selinuxfs",
            "smackfs",
            "resctrl");

    private static final String OF_DEVICES = "devtmpfs";
    private static final String OF_TERMINALS = "devpts";

    /** Programs, libraries and settings of everybody: what a peer runs, and an operator, is there. */
    private static final Set<String> SYSTEM = Set.of("etc", "usr", "bin", "sbin");

    private static final String LIBRARIES = "lib";
    private static final Set<String> DEVICES_OF_ROOT =
            Set.of("null", "zero", "full", "random", "urandom", "shm", "mqueue", "hugepages");

    /** Virtual consoles, and what leads to the one at hand. Serial lines are named likewise, and are a user's terminal if they are his. */
    private static final Pattern TERMINAL = Pattern.compile("tty[0-9]*|pts|ptmx|pty.*|console|vcs.*|hvc[0-9]*");

    private static final String SERIAL = "tty";

    private final Set<Path> hidden;
    private final Set<Path> readOnly;
    private final Set<Path> devices;
    private final long uid;
    private final Set<Path> aboveHidden;
    private final Set<Path> aboveReadOnly;

    private Outside(Set<Path> hidden, Set<Path> readOnly, Set<Path> devices, long uid) {
        this.hidden = hidden;
        this.readOnly = readOnly;
        this.devices = devices;
        this.uid = uid;
        this.aboveHidden = above(hidden);
        this.aboveReadOnly = above(readOnly);
    }

    /**
     * All but these.
     *
     * @param hidden absolute paths of directories, which need not be there
     * @param started may be read, and nothing changed that leads there
     * @param uid of the processes
     * @throws IOException if it cannot be told where one of them is
     */
    static Outside of(Set<Path> hidden, StartFiles started, long uid) throws IOException {
        return of(hidden, started, Set.of(), uid);
    }

    /** @param fixed real paths of further files and directories that may be read and not changed */
    private static Outside of(Set<Path> hidden, StartFiles started, Set<Path> fixed, long uid) throws IOException {
        LinkTrail trail = new LinkTrail();
        Set<Path> real = new TreeSet<>();
        for (Path path : hidden) {
            Path place = trail.follow(path.normalize());
            if (place.equals(TOP)) {
                throw new IOException("a sandbox cannot hide all of " + TOP);
            }
            real.add(place);
        }
        Set<Path> readOnly = new TreeSet<>(started.fixed());
        readOnly.addAll(trail.links());
        readOnly.addAll(fixed);
        readOnly.addAll(KERNEL);
        for (Path path : system()) {
            readOnly.add(trail.follow(path));
        }
        MountTable mounts = MountTable.read();
        addAliases(mounts, real);
        addAliases(mounts, readOnly);
        Set<Path> devices = new TreeSet<>(Set.of(DEVICES));
        for (MountTable.Mount mount : mounts.mounts()) {
            if (KERNELS.contains(mount.fileSystem())) {
                readOnly.add(mount.point());
            } else if (mount.fileSystem().equals(OF_DEVICES)) {
                devices.add(mount.point());
            } else if (mount.fileSystem().equals(OF_TERMINALS)) {
                real.add(mount.point());
            }
        }
        return new Outside(real, readOnly, devices, uid);
    }

    private static void addAliases(MountTable mounts, Set<Path> paths) {
        for (Path path : List.copyOf(paths)) {
            paths.addAll(mounts.aliases(path));
        }
    }

    /** Whether it can be read only, whoever starts from it. */
    static boolean isOfTheSystem(Path path) {
        String name = path.getNameCount() == 0 ? "" : path.getName(0).toString();
        return SYSTEM.contains(name) || name.startsWith(LIBRARIES);
    }

    private static List<Path> system() throws IOException {
        List<Path> system = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(TOP)) {
            for (Path entry : entries) {
                if (isOfTheSystem(entry)) {
                    system.add(entry);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return system;
    }

    /**
     * All but what belongs to the instances of a user: their base directory, the directories of their segments, and what they start from. The
     * others are those below the same base directory.
     *
     * @param directory of one instance, below the base directory
     * @param segments the directory of that one's segments; beside it are those of the others
     * @param archives the directory of archives
     * @param started may be read, and not changed
     * @param uid of the processes
     */
    public static Outside ofInstances(Path directory, Path segments, Path archives, StartFiles started, long uid)
            throws IOException {
        Path base = directory.resolveSibling(".").normalize();
        Set<Path> hidden = new TreeSet<>(List.of(base, segments, archives));
        if (!segments.startsWith(base)) {
            try (DirectoryStream<Path> instances = Files.newDirectoryStream(base)) {
                for (Path instance : instances) {
                    hidden.add(segments.resolveSibling(instance.getFileName()));
                    if (hidden.size() > MOST_SIBLINGS) {
                        throw new TooManySiblingsException(base);
                    }
                }
            } catch (NoSuchFileException e) {
                // There is no instance yet.
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        StartFiles.Others others = started.others(directory);
        hidden.addAll(others.segments());
        return of(hidden, started, others.fixed(), uid);
    }

    private static Set<LandlockRight> without(LandlockRight right) {
        EnumSet<LandlockRight> rights = EnumSet.allOf(LandlockRight.class);
        rights.remove(right);
        return Set.copyOf(rights); // as it is, each rule has the same one
    }

    /** All directories above some. */
    private static Set<Path> above(Set<Path> paths) {
        Set<Path> above = new HashSet<>();
        for (Path path : paths) {
            Path parent = path.getParent();
            while (parent != null && above.add(parent)) {
                parent = parent.getParent();
            }
        }
        return above;
    }

    /**
     * The directories in which a process can make, rename and remove nothing, though this process might: those that lead to what is hidden or
     * can be read only. Without the top one and those of the system, and without what is itself below a directory that can be read only. A few
     * system calls for each.
     *
     * @return real paths
     */
    public SortedSet<Path> closed() {
        SortedSet<Path> closed = new TreeSet<>();
        for (Set<Path> above : List.of(aboveHidden, aboveReadOnly)) {
            for (Path path : above) {
                if (!path.equals(TOP)
                        && !isOfTheSystem(path)
                        && readOnly.stream().noneMatch(path::startsWith)
                        && hidden.stream().noneMatch(path::startsWith)
                        && Files.isDirectory(path)
                        && Files.isWritable(path)) {
                    closed.add(path);
                }
            }
        }
        return closed;
    }

    /**
     * A rule for each sibling.
     *
     * @throws TooManySiblingsException if a directory holds more than {@link #MOST_SIBLINGS}
     * @throws IOException if one above a hidden directory cannot be listed
     */
    public List<Rule> rules() throws IOException {
        List<Rule> rules = new ArrayList<>();
        addSiblings(TOP, HANDLED, rules);
        return rules;
    }

    /** @param rights that are given there, but where less is */
    private void addSiblings(Path directory, Set<LandlockRight> rights, List<Rule> rules) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (++count > MOST_SIBLINGS) {
                    throw new TooManySiblingsException(directory);
                }
                add(entry, rights, rules);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return; // It has gone meanwhile, or is not there yet.
        } catch (AccessDeniedException e) {
            return; // What we cannot list, our child cannot either; it has no right to what is in there.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private void add(Path entry, Set<LandlockRight> above, List<Rule> rules) throws IOException {
        if (hidden.contains(entry) || (devices.contains(entry.getParent()) && !isFree(entry))) {
            return;
        }
        Set<LandlockRight> rights = readOnly.contains(entry) ? TO_READ : above;
        if (aboveHidden.contains(entry)
                || devices.contains(entry)
                || (rights != TO_READ && aboveReadOnly.contains(entry))) {
            addSiblings(entry, rights, rules);
        } else if (!Files.isSymbolicLink(entry)) {
            rules.add(Rule.optional(entry, rights));
        }
    }

    /** Of a device. */
    private boolean isFree(Path entry) {
        String name = String.valueOf(entry.getFileName());
        if (uid == 0) {
            return DEVICES_OF_ROOT.contains(name);
        }
        return !TERMINAL.matcher(name).matches() && !(name.startsWith(SERIAL) && isOwn(entry));
    }

    /** Whoever logs in at a line is given it. */
    private boolean isOwn(Path device) {
        try {
            return (Integer) Files.getAttribute(device, "unix:uid", LinkOption.NOFOLLOW_LINKS) == uid;
        } catch (IOException e) {
            return true; // It is gone, and needs no rule.
        }
    }
}
