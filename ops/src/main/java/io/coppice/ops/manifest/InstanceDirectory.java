package io.coppice.ops.manifest;

import io.coppice.state.OwnerFiles;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where an instance lives.
 *
 * <pre>
 * BASE/INSTANCE/     root.lock  root.seg  control.sock  plan  journal-unit  limits  logs/NAME.log
 * SEGMENTS/          NAME.seg  NAME.lock  NAME.own/     (the same directory, or DIR/INSTANCE with the key `segments: DIR`)
 * </pre>
 *
 * <p>NAME is a child's: {@code web}, {@code web.1}, {@code web.1@2}. A worker makes files in
 * {@code NAME.own/} only: contents set aside, reports of faults. All slots of a daemon's transactions share their logs and reports,
 * under the name {@code web@transactions}.
 *
 * <p>BASE is {@code $COPPICE_HOME_DIR}; else {@code /run/coppice} for root; else {@code $XDG_RUNTIME_DIR/coppice} if the
 * user lingers, else {@code ~/.local/state/coppice}, since logind empties the runtime directory of others at logout while
 * their daemons live on.
 *
 * @param base the directory of all instances of this user
 * @param directory this instance's own: lock, root segment, control socket, logs
 * @param segmentDirectory where this instance's segments are
 * @param why one clause that says why {@code base} is where it is
 */
public record InstanceDirectory(Path base, Path directory, Path segmentDirectory, String why) {
    /** Overrides the base directory. */
    public static final String BASE_VARIABLE = "COPPICE_HOME_DIR";

    /** Longest path of a socket: sun_path has 108 bytes and ends with a NUL. */
    private static final int MAX_SOCKET_PATH_BYTES = 107;

    private static final String PRIVATE = "rwx------";
    private static final int GROUP_AND_OTHERS = 077;

    /** Of the instance's own, which the root opens for a control group, or for workers that are other users, and closes when it starts without. */
    private static final int PASSAGE = 0011;

    private static final int WRITE_BY_GROUP_OR_OTHERS = 022;
    private static final int STICKY = 01000;

    /** The directory of an instance whose segments lie beside the rest. */
    public static InstanceDirectory of(String instance, Surroundings surroundings) {
        String override = surroundings.environment().getOrDefault(BASE_VARIABLE, "");
        if (!override.isEmpty()) {
            return below(Path.of(override).toAbsolutePath().normalize(), instance, "COPPICE_HOME_DIR says so");
        }
        if (surroundings.uid() == 0) {
            return below(Path.of("/run/coppice"), instance, "the user is root");
        }
        String runtime = surroundings.environment().getOrDefault("XDG_RUNTIME_DIR", "");
        Path state = surroundings.home().resolve(".local/state/coppice");
        if (!runtime.startsWith("/")) {
            return below(state, instance, "XDG_RUNTIME_DIR is not set");
        }
        String user = surroundings.userName();
        Path linger = Path.of("/var/lib/systemd/linger/" + user);
        if (isFileName(user) && Files.exists(surroundings.system(linger.toString()))) {
            return below(Path.of(runtime, "coppice"), instance, "user " + user + " lingers: " + linger + " exists");
        }
        return below(
                state, instance, "user " + user + " does not linger, so " + runtime + " would be emptied at logout");
    }

    /** The same with segments in {@code parent/INSTANCE}. */
    public InstanceDirectory withSegmentsIn(Path parent) {
        return new InstanceDirectory(base, directory, parent.resolve(instance()), why);
    }

    /** The instance's name. */
    public String instance() {
        return String.valueOf(directory.getFileName());
    }

    /** The file whose kernel lock the root holds. */
    public Path rootLock() {
        return directory.resolve("root.lock");
    }

    /** The root's own segment. */
    public Path rootSegment() {
        return directory.resolve("root.seg");
    }

    /** The control socket. */
    public Path controlSocket() {
        return directory.resolve("control.sock");
    }

    /** The text of the plan that runs. */
    public Path planFile() {
        return directory.resolve("plan");
    }

    /** The children's logs. */
    public Path logs() {
        return directory.resolve("logs");
    }

    /** The segment of a daemon. */
    public Path segment(String daemon) {
        return segmentDirectory.resolve(daemon + ".seg");
    }

    /** What the paths of all segments and locks of a daemon's slots begin with; a slot's number and the ending follow. */
    String slotPrefix(String daemon) {
        String first = segment(SlotName.of(daemon, 1)).toString();
        return first.substring(0, first.lastIndexOf('1'));
    }

    /** The file whose kernel lock the owner of that segment holds. */
    public Path segmentLock(String daemon) {
        return segmentDirectory.resolve(daemon + ".lock");
    }

    /** The directory in which that child's processes may make files, and make their reports of faults; of slots by the name of their log. */
    Path ownDirectory(String child) {
        return OwnerFiles.directory(segmentDirectory, child);
    }

    /**
     * What keeps the directories from being used, as they are now: a foreign owner, a mode that lets others in, a symbolic
     * link, a path too long for a socket. Directories that are not there yet are no fault.
     *
     * @return lines that say what was found and what was expected; empty if all is well
     */
    public List<String> faults(Surroundings surroundings) {
        List<String> faults = new ArrayList<>();
        int socketBytes = controlSocket().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        if (socketBytes > MAX_SOCKET_PATH_BYTES) {
            faults.add(controlSocket() + ": " + socketBytes + " bytes are too long for a socket, expected at most "
                    + MAX_SOCKET_PATH_BYTES + "; choose a shorter directory with " + BASE_VARIABLE);
        }
        if (checkParent(base, surroundings.uid(), faults)) {
            checkOwn(directory, surroundings.uid(), GROUP_AND_OTHERS & ~PASSAGE, faults);
        }
        if (!segmentDirectory.equals(directory)) {
            Path parent = segmentDirectory.getParent();
            if (parent != null && checkParent(parent, surroundings.uid(), faults)) {
                checkOwn(segmentDirectory, surroundings.uid(), GROUP_AND_OTHERS & ~PASSAGE, faults);
            }
        }
        return faults;
    }

    /**
     * Creates what is missing, each directory with mode 0700. Existing directories are left as they are.
     *
     * @throws IOException if one cannot be created; those created before it stay
     */
    public void create() throws IOException {
        Set<PosixFilePermission> mode = PosixFilePermissions.fromString(PRIVATE);
        for (Path wanted : List.of(base, directory, logs(), segmentDirectory)) {
            Files.createDirectories(wanted, PosixFilePermissions.asFileAttribute(mode));
        }
    }

    /** Below it our own directory will lie: nobody else may be able to replace that. */
    private static boolean checkParent(Path parent, long uid, List<String> faults) {
        int before = faults.size();
        Map<String, Object> found = attributes(parent, faults, true);
        if (found.isEmpty()) {
            return faults.size() == before; // Below what is no directory there is nothing more to find.
        }
        long owner = number(found, "uid");
        int mode = (int) number(found, "mode");
        if (owner != uid && owner != 0) {
            faults.add(parent + ": belongs to uid " + owner + ", expected uid " + uid + " or root");
            return false;
        }
        if ((mode & WRITE_BY_GROUP_OR_OTHERS) != 0 && (mode & STICKY) == 0) {
            faults.add(parent + ": mode " + octal(mode)
                    + " lets others replace what is in it, expected 0700; chmod 700 " + parent);
            return false;
        }
        return true;
    }

    /** @param forbidden bits of its mode */
    private static void checkOwn(Path own, long uid, int forbidden, List<String> faults) {
        Map<String, Object> found = attributes(own, faults, false);
        if (found.isEmpty()) {
            return;
        }
        long owner = number(found, "uid");
        int mode = (int) number(found, "mode");
        if (owner != uid) {
            faults.add(own + ": belongs to uid " + owner + ", expected uid " + uid);
        } else if ((mode & forbidden) != 0) {
            faults.add(own + ": mode " + octal(mode) + " lets others in, expected 0700; chmod 700 " + own);
        }
    }

    /** The attributes of a directory; empty if there is none or it is none, the latter told. */
    private static Map<String, Object> attributes(Path path, List<String> faults, boolean followLinks) {
        try {
            Map<String, Object> found = followLinks
                    ? Files.readAttributes(path, "unix:uid,mode")
                    : Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
            if ((number(found, "mode") & 0170000) != 0040000) {
                faults.add(path + ": not a directory, expected a directory or nothing");
                return Map.of();
            }
            return new TreeMap<>(found);
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (AccessDeniedException e) {
            faults.add(path + ": this user may not look at it, expected a directory or nothing");
            return Map.of();
        } catch (IOException e) {
            faults.add(path + ": cannot be read (" + e + "), expected a directory or nothing");
            return Map.of();
        }
    }

    private static long number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Number number ? number.longValue() : -1;
    }

    private static String octal(int mode) {
        return String.format(Locale.ROOT, "%04o", mode & 07777);
    }

    private static boolean isFileName(String user) {
        return !user.isEmpty() && user.indexOf('/') < 0 && !user.equals(".") && !user.equals("..");
    }

    private static InstanceDirectory below(Path base, String instance, String why) {
        Path directory = base.resolve(instance);
        return new InstanceDirectory(base, directory, directory, why);
    }
}
