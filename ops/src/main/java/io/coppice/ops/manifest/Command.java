package io.coppice.ops.manifest;

import java.util.List;

/**
 * A plain command.
 *
 * @param words what is executed; one line where {@code shell} is set
 * @param shell whether {@code /bin/sh -c} runs it
 */
record Command(List<Located<String>> words, boolean shell) {}
