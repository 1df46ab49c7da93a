package io.coppice.ops.demo;

import io.coppice.ops.view.ProcFileSystem;
import io.coppice.state.OwnerFiles;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildRow;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.RootPhase;
import io.coppice.state.root.RootSegment;
import io.coppice.state.root.WantedCode;
import io.coppice.worker.runtime.WorkerMain;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The least root that a demo can run on: it launches, records, releases and restarts one worker, and knows {@code run} and
 * {@code purge}. What the real one does beside is tested where it is built; with this one the demo is tested by itself.
 */
public final class OneDaemonRoot {
    private final Path directory;
    private final String instance;
    private final Map<?, ?> daemon;
    private final RootSegment segment;
    private final ProcFileSystem processes = new ProcFileSystem(Path.of("/proc"));
    private volatile boolean stopping;
    private volatile Process worker;

    private OneDaemonRoot(Path directory, String instance, Map<?, ?> daemon) throws Exception {
        this.directory = directory;
        this.instance = instance;
        this.daemon = daemon;
        long me = ProcessHandle.current().pid();
        createSegment(directory.resolve("root.seg"), RootSegment.spec(instance));
        createSegment(
                directory.resolve("words.seg"),
                new SegmentSpec(instance, "words", SegmentSpec.KIND_DAEMON, bytes((String) daemon.get("state"))));
        segment = RootSegment.open(directory.resolve("root.seg"), me, 1);
        segment.begin(me, processes.stat(me).orElseThrow().startTicks(), "boot", System.currentTimeMillis());
        segment.phase(RootPhase.RUNNING);
        segment.childCount(1);
        ChildRow row = segment.child(0);
        row.reset("words", ChildKind.DAEMON);
        row.state(ChildStateCode.STOPPED);
        row.wanted(WantedCode.UP);
        segment.commit();
    }

    public static void main(String[] args) throws Exception {
        List<String> words = List.of(args);
        String instance = words.get(words.indexOf("--instance") + 1);
        Path directory = Path.of(System.getenv("COPPICE_HOME_DIR"), instance);
        if (args[0].equals("purge")) {
            for (String name : new String[] {"root.seg", "words.seg", "words.lock", "logs/words.log", "logs"}) {
                Files.deleteIfExists(directory.resolve(name));
            }
            return;
        }
        Files.createDirectories(directory.resolve("logs"));
        String manifest = Files.readString(Path.of(words.get(words.indexOf("-f") + 1)));
        Map<?, ?> root = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(manifest);
        new OneDaemonRoot(directory, instance, (Map<?, ?>) ((Map<?, ?>) root.get("daemons")).get("words")).run();
    }

    private static void createSegment(Path file, SegmentSpec spec) throws Exception {
        try (RandomAccessFile reserved = new RandomAccessFile(file.toFile(), "rw")) {
            reserved.setLength(0);
            reserved.setLength(spec.lengthBytes());
        }
        SegmentFile.create(file, spec);
        OwnerFiles.makeLock(file);
    }

    private static long bytes(String size) {
        long unit = size.endsWith("KiB") ? 1 << 10 : 1 << 20;
        return Long.parseLong(size.replaceAll("[^0-9]", "")) * unit;
    }

    private void run() throws Exception {
        Thread loop = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stopping = true;
            Process running = worker;
            if (running != null) {
                running.destroy();
            }
            try {
                loop.join();
            } catch (InterruptedException e) {
                return;
            }
            Runtime.getRuntime().halt(0);
        }));
        ChildRow row = segment.child(0);
        String exit = "none 0 - 0";
        Path previousLife = directory.resolve("last-incarnation");
        int first = Files.exists(previousLife) ? 1 + Integer.parseInt(Files.readString(previousLife)) : 1;
        row.incarnation(first - 1);
        segment.commit();
        for (int incarnation = first; !stopping; incarnation++) {
            Process process = launch();
            worker = process;
            if (stopping) {
                process.destroy(); // The hook may have looked before there was this worker to stop.
            }
            row.pid(process.pid());
            row.startTicks(processes.stat(process.pid()).orElseThrow().startTicks());
            row.incarnation(incarnation);
            row.state(ChildStateCode.STARTING);
            segment.commit();
            try (OutputStream hold = process.getOutputStream()) {
                hold.write(("go " + incarnation + " " + exit + "\n").getBytes(StandardCharsets.UTF_8));
            }
            int code = process.waitFor();
            boolean killed = code > 128;
            exit = (killed ? "signal -1 KILL " : "exit " + code + " - ") + System.currentTimeMillis();
            row.pid(0);
            row.lastExit(
                    killed ? ExitKind.SIGNAL : ExitKind.EXIT,
                    killed ? -1 : code,
                    killed ? code - 128 : 0,
                    System.currentTimeMillis(),
                    "exit code " + code);
            row.state(code == 78 ? ChildStateCode.FAILED : ChildStateCode.BACKOFF);
            segment.commit();
            while (code == 78 && !stopping) {
                Thread.sleep(1);
            }
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "-Dslf4j.internal.verbosity=ERROR",
                "-Dbackground.releaser=false",
                "-Dsystem.properties=/dev/null",
                "-Xms16m",
                "-Xmx16m",
                "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), WorkerMain.class.getName()));
        command.addAll(List.of("--instance", instance, "--name", "words"));
        command.addAll(List.of("--segment", directory.resolve("words.seg").toString()));
        command.addAll(List.of("--lock", directory.resolve("words.lock").toString()));
        command.addAll(List.of("--main", (String) daemon.get("main"), "--heartbeat-timeout-ms", "5000", "--"));
        ((List<?>) daemon.get("args")).forEach(arg -> command.add((String) arg));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("logs/words.log").toFile()))
                .start();
    }
}
