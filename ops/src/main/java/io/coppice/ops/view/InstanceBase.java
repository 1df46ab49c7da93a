package io.coppice.ops.view;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The directory that holds all instances of one user.
 *
 * @param path absolute
 * @param reason in words, why this one
 */
public record InstanceBase(Path path, String reason) {
    private static final Path LINGER = Path.of("/var/lib/systemd/linger");

    /** Where root's instances are, which may be open to others. */
    public static final InstanceBase OF_ROOT = new InstanceBase(Path.of("/run/coppice"), "root's instances");

    /**
     * Finds it: {@code COPPICE_HOME_DIR}; {@code /run/coppice} for root; {@code $XDG_RUNTIME_DIR/coppice} for a user who
     * lingers; else {@code ~/.local/state/coppice}, because logind empties the runtime directory at logout.
     *
     * @param uid of this process
     */
    public static InstanceBase locate(Map<String, String> environment, long uid, Path workingDirectory) {
        return locate(environment, uid, workingDirectory, LINGER);
    }

    static InstanceBase locate(Map<String, String> environment, long uid, Path workingDirectory, Path linger) {
        String override = environment.getOrDefault("COPPICE_HOME_DIR", "");
        if (!override.isEmpty()) {
            return new InstanceBase(workingDirectory.resolve(override).normalize(), "$COPPICE_HOME_DIR");
        }
        if (uid == 0) {
            return new InstanceBase(OF_ROOT.path(), "the user is root");
        }
        String user = environment.getOrDefault("USER", System.getProperty("user.name", ""));
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!runtime.isEmpty() && !user.isEmpty() && user.indexOf('/') < 0 && Files.exists(linger.resolve(user))) {
            return new InstanceBase(
                    workingDirectory.resolve(runtime).resolve("coppice"), "$XDG_RUNTIME_DIR, " + user + " lingers");
        }
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
        return new InstanceBase(
                workingDirectory.resolve(home).resolve(".local/state/coppice"), "the user's state directory");
    }

    /** The files of one instance. */
    public InstanceDirectory instance(String name) {
        return new InstanceDirectory(name, path.resolve(name));
    }

    /**
     * The instances of which something is left, by name.
     *
     * @throws IOException if the directory is there but cannot be read
     */
    public List<InstanceDirectory> instances() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (InstanceName.isValid(name) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(names);
        List<InstanceDirectory> instances = new ArrayList<>();
        for (String name : names) {
            InstanceDirectory instance = instance(name);
            if (instance.exists()) {
                instances.add(instance);
            }
        }
        return instances;
    }
}
