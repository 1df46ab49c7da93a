package io.coppice.supervisor.os;

import java.io.IOException;

/**
 * Makes the restriction of a child right before it is started, once its arguments are known, as what that is made of may take long to find out.
 * The spawner's thread, or that of whoever starts it else; may block.
 */
@FunctionalInterface
public interface Restricting {
    /**
     * What the child may do.
     *
     * @throws IOException with a message for people: the child is not started
     */
    Restriction restriction() throws IOException;
}
