package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.Dependency.Condition;

/**
 * One thing that a daemon waits for, as {@code depends_on} says it. Not yet a dependency of the plan: those have names that
 * daemons may have, and here a cycle is looked for under any name.
 *
 * @param name as it is written
 * @param condition what that daemon must have reached; the weakest where it could not be read, which has been told then
 * @param restart whether the daemon is restarted with it
 */
record Requirement(String name, Condition condition, boolean restart) {}
