package io.coppice.supervisor.os;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The first that this JVM starts is restricted, and may read nothing of the class path. Says what came of it. Arguments: a directory for the log; a
 * program, which is made there as a copy of true(1), without a rule, if there is none of that name.
 */
final class FirstRestrictedSpawnProbe {
    private FirstRestrictedSpawnProbe() {}

    public static void main(String[] arguments) throws Exception {
        Path program = Path.of(arguments[1]);
        if (!Files.exists(program)) {
            program = Files.copy(Path.of("/usr/bin/true"), Path.of(arguments[0], "no-rule"));
        }
        List<LandlockRuleset.Rule> rules = new ArrayList<>();
        for (String directory : List.of("/usr/bin", "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc")) {
            rules.add(LandlockRuleset.Rule.optional(
                    Path.of(directory), Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE)));
        }
        Restriction restriction = new Restriction(LandlockRuleset.strict(rules), true);
        try (EventFd completion = EventFd.create();
                Spawner spawner = new Spawner(completion)) {
            Pipe hold = Pipe.create();
            spawner.submit(new SpawnRequest(
                    1,
                    List.of(program.toString()),
                    List.of("LANG=C"),
                    "/",
                    arguments[0] + "/first.log",
                    null,
                    hold.readFd(),
                    -1,
                    true,
                    null,
                    null,
                    restriction));
            SpawnResult result = null;
            while (result == null) {
                Watchdog.awaitReadable("result", completion.fd());
                completion.drain();
                result = spawner.poll();
            }
            if (result instanceof SpawnResult.Failed failed) {
                System.out.println("failed " + (failed.errno() == Errno.EACCES ? failed.errno() : failed.reason()));
                return;
            }
            try (PidFd pidFd = PidFd.open(((SpawnResult.Spawned) result).pid())) {
                Watchdog.awaitReadable("death", pidFd.fd());
                System.out.println(String.valueOf(pidFd.tryReap()).equals("Exited[code=0]") ? "exited 0" : "died");
            }
        }
    }
}
