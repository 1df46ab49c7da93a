package io.coppice.supervisor.sandbox;

import java.io.IOException;
import java.nio.file.Path;

/** A directory that workers start from holds, with what its links lead to, more than can be looked at for links. */
public final class TooManyFilesException extends IOException {
    private static final long serialVersionUID = 1;

    TooManyFilesException(Path directory) {
        super(
                "workers start from " + directory
                        + ", which is looked through for symbolic links, and it holds more than "
                        + LinkedFiles.MOST_FILES
                        + " files, with what its links lead to: put the JDK, the classes or the installation into a directory of their own");
    }
}
