package io.coppice.supervisor.sandbox;

import java.io.IOException;
import java.nio.file.Path;

/** A directory above one that is to be hidden holds more than there can be rules for. */
public final class TooManySiblingsException extends IOException {
    private static final long serialVersionUID = 1;

    TooManySiblingsException(Path directory) {
        this(directory, Outside.MOST_SIBLINGS);
    }

    TooManySiblingsException(Path directory, int most) {
        super("a sandbox takes a rule for each entry of " + directory + ", and it holds more than "
                + most
                + ": put the instance where there are fewer beside it, by COPPICE_HOME_DIR or `segments`");
    }
}
