package io.coppice.ops.system.daemons;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a transaction may leave behind that is to outlive it. Each tries to be in a session of its own, and does without if it cannot. It has its mark in its
 * command line, and ends when there is a file {@code stop} in the directory {@code told}.
 */
public enum Leftover {
    SESSION("leave a process behind in a session of its own") {
        @Override
        List<String> command(Path told) {
            return shell("echo begun >&2; while [ ! -e " + told + "/stop ]; do sleep 0.1; done");
        }
    },
    HIDDEN("leave one behind whose first thread has ended, so that it is shown as dead") {
        @Override
        List<String> command(Path told) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            if (Runtime.version().feature() >= 24) {
                command.add("--enable-native-access=ALL-UNNAMED");
                command.add("--sun-misc-unsafe-memory-access=allow");
            }
            command.add("-Djffi.boot.library.path=" + System.getProperty("jffi.boot.library.path"));
            command.addAll(List.of("-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Hides.class.getName()));
            command.addAll(List.of(told.toString(), mark()));
            return command;
        }
    },
    /** Its log tells of it: no look at a list of processes meets it. */
    CHAIN("leave a chain behind of which each process starts the next and ends") {
        @Override
        List<String> command(Path told) {
            String link = "[ -e " + told + "/stop ] || { echo " + mark() + "; sh -c \"$LINK\" & }";
            List<String> command = new ArrayList<>(List.of("env", "LINK=" + link));
            command.addAll(shell("echo begun >&2; exec sh -c \"$LINK\" 2>/dev/null"));
            return command;
        }
    };

    private final String words;

    Leftover(String words) {
        this.words = words;
    }

    /** For people, as in the table. */
    public String words() {
        return words;
    }

    /** In the command lines of its processes, or in what they say. */
    public String mark() {
        return "left-behind-" + name();
    }

    abstract List<String> command(Path told);

    List<String> shell(String script) {
        return List.of("sh", "-c", script, mark());
    }

    /** Starts it, and returns when it runs. */
    void begin(Path told) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "setsid \"$@\" || exec \"$@\"", "sh"));
        command.addAll(command(told));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> said = new ArrayList<>();
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        for (String line = reader.readLine(); !"begun".equals(line); line = reader.readLine()) {
            if (line == null) {
                throw new IOException(this + " has ended: " + said);
            }
            said.add(line);
        }
    }
}
