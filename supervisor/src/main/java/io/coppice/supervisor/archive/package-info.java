/**
 * Start-up archives: the classes of a worker as its JVM wants them in memory (class-data sharing on JDK 17, an AOT cache from 25
 * on), so that a cold start does not read, check and link them again. An archive is never a reason to fail: whatever is wrong with
 * one, the worker starts without.
 *
 * <p>Two sides. {@link io.coppice.supervisor.archive.ArchivedLaunch} finds an archive for a launch, on the root's spawner thread: it
 * looks at attributes of files and parses nothing. {@link io.coppice.supervisor.archive.ArchiverMain} makes archives; it is a process
 * of its own that the root starts in quiet times. {@link io.coppice.supervisor.archive.ArchiveDirectory} is what both agree on.
 */
@NullMarked
package io.coppice.supervisor.archive;

import org.jspecify.annotations.NullMarked;
