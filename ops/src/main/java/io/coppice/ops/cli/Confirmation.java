package io.coppice.ops.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The question before something that cannot be undone by itself. */
final class Confirmation {
    private Confirmation() {}

    /**
     * Asks on a terminal.
     *
     * @param question without its question mark
     * @param elsewhere what would be done, and that {@code --yes} is missing, where nobody can be asked
     * @throws CommandFailedException with exit code 2 if there is no terminal
     */
    static boolean given(CoppiceCommand coppice, String question, String elsewhere) throws IOException {
        if (!coppice.caller().onTerminal()) {
            throw new CommandFailedException(ExitCode.USAGE, elsewhere);
        }
        coppice.error(question + "? [y/N]");
        String answer = new String(coppice.caller().in().readNBytes(1), StandardCharsets.UTF_8);
        return answer.equalsIgnoreCase("y");
    }
}
