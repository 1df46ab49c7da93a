@NullMarked
package io.coppice.supervisor.archive;

import org.jspecify.annotations.NullMarked;
