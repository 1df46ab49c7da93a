package io.coppice.ops.prober;

import io.coppice.supervisor.root.ProbeVerdict;

/** What the root does not know yet of a process. */
record Tidings(ProbeVerdict verdict, String text) {}
