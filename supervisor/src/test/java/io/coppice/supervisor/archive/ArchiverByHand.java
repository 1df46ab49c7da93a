package io.coppice.supervisor.archive;

import java.nio.file.Path;
import java.util.List;

/** Another process that makes the archive of the command line in its environment. */
public final class ArchiverByHand {
    private ArchiverByHand() {}

    /** @param args the workshop's directory */
    public static void main(String[] args) throws Exception {
        List<String> argv = List.of(System.getenv("ARGV").split("\n", -1));
        new Workshop(Path.of(args[0])).archiver(argv).run();
    }
}
