package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.os.LandlockRight;
import io.coppice.supervisor.os.LandlockRuleset.Rule;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything on the machine but some directories, as rules. Landlock adds rights and takes none away, so that is a rule for each sibling of
 * those directories and of what is above them. What is made beside such a sibling later has no rule, and in a directory above a hidden one
 * nothing can be made.
 *
 * <p>/proc and /sys can be read and no more: files of other processes of the same user are there. Of devices user 0 has only those that
 * every program has to have: its capabilities would open disks to it.
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
    private static final Set<Path> READ_ONLY = Set.of(Path.of("/proc"), Path.of("/sys"));
    private static final Set<String> DEVICES_OF_ROOT =
            Set.of("null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm", "mqueue", "hugepages");

    private final Set<Path> hidden;
    private final Set<Path> readOnly;
    private final boolean user0;

    private Outside(Set<Path> hidden, Set<Path> readOnly, boolean user0) {
        this.hidden = hidden;
        this.readOnly = readOnly;
        this.user0 = user0;
    }

    /**
     * All but these.
     *
     * @param hidden absolute paths of directories, which need not be there
     * @param readOnly absolute paths of files and directories of which the same is true, and which no name is changed of
     * @param uid of the processes
     * @throws IOException if it cannot be told where one of them is
     */
    public static Outside of(Set<Path> hidden, Set<Path> readOnly, long uid) throws IOException {
        Set<Path> real = new TreeSet<>();
        for (Path path : hidden) {
            real.add(real(path));
        }
        Set<Path> fixed = new TreeSet<>();
        for (Path path : readOnly) {
            fixed.add(real(path));
            Path parent = path.normalize().getParent();
            if (parent != null && !parent.equals(TOP)) {
                // The link, too, if it is one.
                fixed.add(real(parent).resolve(path.getFileName()));
            }
        }
        return new Outside(real, fixed, uid == 0);
    }

    /**
     * All but what belongs to the instances of a user: their base directory, the directories of their segments, and what they start from.
     *
     * @param directory of one instance, below the base directory
     * @param segments the directory of that one's segments; beside it are those of the others
     * @param archives the directory of archives
     * @param started see {@link StartFiles}: may be read, and not changed
     * @param uid of the processes
     */
    public static Outside ofInstances(Path directory, Path segments, Path archives, Set<Path> started, long uid)
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
        return of(hidden, started, uid);
    }

    private static Set<LandlockRight> without(LandlockRight right) {
        EnumSet<LandlockRight> rights = EnumSet.allOf(LandlockRight.class);
        rights.remove(right);
        return Collections.unmodifiableSet(rights);
    }

    /** Without symbolic links, as far as it is there. */
    private static Path real(Path path) throws IOException {
        Path normal = path.normalize();
        Path parent = normal.getParent();
        if (parent == null) {
            throw new IOException("a sandbox cannot hide all of " + TOP);
        }
        try {
            return normal.toRealPath();
        } catch (NoSuchFileException e) {
            return real(parent, normal);
        }
    }

    private static Path real(Path parent, Path path) throws IOException {
        return parent.equals(TOP) ? path : real(parent).resolve(path.getFileName());
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
        if (hidden.contains(entry)) {
            return;
        }
        Set<LandlockRight> rights = readOnly.contains(entry) || READ_ONLY.contains(entry) ? TO_READ : above;
        if (leadsTo(hidden, entry) || (rights != TO_READ && leadsTo(readOnly, entry))) {
            addSiblings(entry, rights, rules);
        } else if (user0 && entry.equals(DEVICES)) {
            addSiblings(entry, rights, rules);
        } else if (!user0
                || !DEVICES.equals(entry.getParent())
                || DEVICES_OF_ROOT.contains(String.valueOf(entry.getFileName()))) {
            if (!Files.isSymbolicLink(entry)) {
                rules.add(Rule.optional(entry, rights));
            }
        }
    }

    private static boolean leadsTo(Set<Path> paths, Path entry) {
        return paths.stream().anyMatch(path -> path.startsWith(entry));
    }
}
