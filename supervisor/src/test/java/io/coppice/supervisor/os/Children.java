package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.coppice.supervisor.core.ExitStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Real children of the test JVM, started by the class under test; none of them outlives {@link #close}. */
final class Children implements AutoCloseable {
    static final List<String> ENVIRONMENT = List.of("PATH=/usr/bin:/bin", "LANG=C.UTF-8");
    private static final int KILL = 9;

    final Path directory;
    final EventFd completion;
    final Spawner spawner;
    private final ProcessTable table = new ProcessTable();
    private final List<Child> started = new ArrayList<>();
    private long nextToken = 1;

    /** @param directory for the logs, and the children's working directory */
    Children(Path directory) throws OsException {
        this.directory = directory;
        this.completion = EventFd.create();
        this.spawner = new Spawner(completion);
    }

    /** A started child: its descriptor, the end of its hold pipe that is ours, and its log. */
    record Child(int pid, PidFd pidFd, int holdWriteFd, Path log) {
        void release(String line) {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            assertEquals(bytes.length, Fds.write(holdWriteFd, bytes, bytes.length));
        }

        ExitStatus awaitExit() throws OsException {
            Watchdog.awaitReadable("death of process " + pid, pidFd.fd());
            ExitStatus status = pidFd.tryReap();
            assertNotNull(status, "readable pidfd, but nothing to reap");
            return status;
        }

        String output() throws IOException {
            return Files.readString(log);
        }
    }

    /** A child held on its standard input, as workers are. */
    Child start(String... argv) throws OsException {
        return start(request(Arrays.asList(argv), ENVIRONMENT, directory.toString(), true), null);
    }

    /** A child that runs a shell script and is held by nothing but what the script reads. */
    Child shell(String script) throws OsException {
        return start("sh", "-c", script);
    }

    /** A request with a hold pipe of its own; {@code holdReadFd} is replaced on {@link #start}. */
    SpawnRequest request(List<String> argv, List<String> environment, String workingDirectory, boolean holdOnStdin) {
        long token = nextToken++;
        String log = directory.resolve("child-" + token + ".log").toString();
        return new SpawnRequest(token, argv, environment, workingDirectory, log, 0, -1, holdOnStdin);
    }

    Child start(SpawnRequest request, @Nullable Pipe notify) throws OsException {
        Pipe hold = Pipe.create();
        SpawnRequest held = held(request, hold.readFd(), notify == null ? -1 : notify.writeFd());
        spawner.submit(held);
        Fds.close(hold.readFd());
        SpawnResult result = awaitResult();
        assertEquals(held.token(), result.token());
        int pid = assertInstanceOf(SpawnResult.Spawned.class, result, result::toString)
                .pid();
        Child child = new Child(pid, PidFd.open(pid), hold.writeFd(), Path.of(held.logFile()));
        started.add(child);
        return child;
    }

    SpawnResult.Failed startInVain(SpawnRequest request) throws OsException {
        Pipe hold = Pipe.create();
        spawner.submit(held(request, hold.readFd(), -1));
        Fds.close(hold.readFd());
        Fds.close(hold.writeFd());
        return assertInstanceOf(SpawnResult.Failed.class, awaitResult());
    }

    /** The same request under a restriction. */
    static SpawnRequest restricted(SpawnRequest request, @Nullable Restriction restriction) {
        return new SpawnRequest(
                request.token(),
                request.argv(),
                request.environment(),
                request.workingDirectory(),
                request.logFile(),
                request.journal(),
                request.holdReadFd(),
                request.notifyWriteFd(),
                request.holdOnStdin(),
                request.preparation(),
                request.admission(),
                restriction);
    }

    private static SpawnRequest held(SpawnRequest request, int holdReadFd, int notifyWriteFd) {
        return new SpawnRequest(
                request.token(),
                request.argv(),
                request.environment(),
                request.workingDirectory(),
                request.logFile(),
                request.journal(),
                holdReadFd,
                notifyWriteFd,
                request.holdOnStdin(),
                request.preparation(),
                request.admission(),
                request.restriction());
    }

    SpawnResult awaitResult() throws OsException {
        while (true) {
            SpawnResult result = spawner.poll();
            if (result != null) {
                return result;
            }
            Watchdog.awaitReadable("result of a spawn", completion.fd());
            completion.drain();
        }
    }

    @Override
    public void close() throws OsException {
        spawner.close();
        for (Child child : started) {
            table.signalGroup(child.pid(), KILL);
            child.awaitExit();
            child.pidFd().close();
            Fds.close(child.holdWriteFd());
        }
        completion.close();
    }
}
