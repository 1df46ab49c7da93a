package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The log files of all replicas of a daemon, as tail(1) shows several files: with a heading wherever another goes on. Lines have no
 * times, so they cannot be told in the order in which they were written. One thread.
 */
final class ReplicaLogs implements AutoCloseable {
    private final CoppiceCommand coppice;
    private final InstanceDirectory instance;
    private final List<String> names;
    private final Map<String, LogFile> open = new LinkedHashMap<>();
    private String shown = "";
    private boolean lineEnded = true;

    /** @param names of the replicas */
    ReplicaLogs(CoppiceCommand coppice, InstanceDirectory instance, List<String> names) {
        this.coppice = coppice;
        this.instance = instance;
        this.names = List.copyOf(names);
    }

    /**
     * Prints them.
     *
     * @param lines only the last ones of each; null for all
     */
    void print(@Nullable Integer lines, boolean follow) throws IOException {
        for (String name : names) {
            LogFile log = open(name);
            if (log != null && lines != null) {
                log.seekToLastLines(lines);
            }
        }
        printNew();
        while (follow && Polling.pause(Polling.FOLLOW_INTERVAL)) {
            for (String name : names) {
                LogFile log = open(name);
                if (log != null) {
                    print(name, log);
                    if (log.followChange() != LogFile.Change.NONE) {
                        coppice.note("the log of " + name + " begins anew.");
                    }
                }
            }
            printNew();
        }
    }

    private void printNew() throws IOException {
        for (Map.Entry<String, LogFile> log : open.entrySet()) {
            print(log.getKey(), log.getValue());
        }
    }

    /** One that was not launched yet has none. */
    private @Nullable LogFile open(String name) throws IOException {
        LogFile log = open.get(name);
        if (log == null) {
            try {
                log = LogFile.open(instance.log(name));
                open.put(name, log);
            } catch (NoSuchFileException e) {
                return null; // not launched yet
            }
        }
        return log;
    }

    private void print(String name, LogFile log) throws IOException {
        for (ByteBuffer bytes = log.next(); bytes.hasRemaining(); bytes = log.next()) {
            if (!shown.equals(name)) {
                coppice.output()
                        .text((lineEnded ? "" : "\n") + (shown.isEmpty() ? "" : "\n") + "==> " + name + " <==\n");
                shown = name;
            }
            lineEnded = bytes.get(bytes.limit() - 1) == '\n';
            coppice.output().bytes(bytes);
        }
        coppice.output().flush();
    }

    @Override
    public void close() throws IOException {
        for (LogFile log : open.values()) {
            log.close();
        }
    }
}
