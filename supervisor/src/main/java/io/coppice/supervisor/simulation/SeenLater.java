package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.Event;

/** Events that a root which did nothing for a while sees at the end of that. */
final class SeenLater {
    private SeenLater() {}

    /** The same event, seen at that time. */
    static Event at(Event event, long nowNs) {
        if (event instanceof Event.Adopted e) {
            return new Event.Adopted(e.child(), e.incarnation(), nowNs);
        } else if (event instanceof Event.Begin) {
            return new Event.Begin(nowNs);
        } else if (event instanceof Event.Spawned e) {
            return new Event.Spawned(e.child(), e.incarnation(), e.pid(), e.startTicks(), nowNs);
        } else if (event instanceof Event.SpawnFailed e) {
            return new Event.SpawnFailed(e.child(), e.incarnation(), e.reason(), nowNs);
        } else if (event instanceof Event.Released e) {
            return new Event.Released(e.child(), e.incarnation(), nowNs);
        } else if (event instanceof Event.StageEntered e) {
            return new Event.StageEntered(e.child(), e.incarnation(), e.stage(), nowNs);
        } else if (event instanceof Event.BecameReady e) {
            return new Event.BecameReady(e.child(), e.incarnation(), nowNs);
        } else if (event instanceof Event.Exited e) {
            return new Event.Exited(
                    e.child(),
                    e.incarnation(),
                    e.status(),
                    e.lastWords(),
                    e.killedFor(),
                    e.progress(),
                    e.ofArchive(),
                    nowNs);
        } else if (event instanceof Event.HeartbeatLost e) {
            return new Event.HeartbeatLost(e.child(), e.incarnation(), e.excused(), nowNs);
        } else if (event instanceof Event.HealthChanged e) {
            return new Event.HealthChanged(e.child(), e.incarnation(), e.healthy(), e.text(), nowNs);
        } else if (event instanceof Event.ProbeFailed e) {
            return new Event.ProbeFailed(e.child(), e.incarnation(), e.text(), nowNs);
        } else if (event instanceof Event.ShutdownCommandEnded e) {
            return new Event.ShutdownCommandEnded(e.child(), e.incarnation(), e.failure(), nowNs);
        } else if (event instanceof Event.Requested asked) {
            return new Event.Requested(asked.child(), asked.request(), asked.discard(), asked.done(), nowNs);
        } else if (event instanceof Event.StandbySpawned e) {
            return new Event.StandbySpawned(e.child(), e.standby(), e.pid(), e.startTicks(), nowNs);
        } else if (event instanceof Event.StandbySpawnFailed e) {
            return new Event.StandbySpawnFailed(e.child(), e.standby(), e.reason(), nowNs);
        } else if (event instanceof Event.StandbyParked e) {
            return new Event.StandbyParked(e.child(), e.standby(), nowNs);
        } else if (event instanceof Event.StandbyExited e) {
            return new Event.StandbyExited(e.child(), e.standby(), e.status(), nowNs);
        } else if (event instanceof Event.StandbyAdopted e) {
            return new Event.StandbyAdopted(e.child(), e.standby(), nowNs);
        } else if (event instanceof Event.RefillDue e) {
            return new Event.RefillDue(e.cpuStarved(), nowNs);
        } else if (event instanceof Event.RootWasAway away) {
            return new Event.RootWasAway(away.uncountedNs(), nowNs);
        } else if (event instanceof Event.Tick) {
            return new Event.Tick(nowNs);
        } else if (event instanceof Event.StopRequested e) {
            return new Event.StopRequested(e.child(), e.requestId(), e.why(), nowNs);
        } else if (event instanceof Event.StartRequested e) {
            return new Event.StartRequested(e.child(), e.requestId(), nowNs);
        } else if (event instanceof Event.RestartRequested e) {
            return new Event.RestartRequested(e.child(), e.requestId(), nowNs);
        } else if (event instanceof Event.KillRequested e) {
            return new Event.KillRequested(e.child(), e.signal(), e.signalNumber(), e.requestId(), nowNs);
        } else if (event instanceof Event.Replanned e) {
            return new Event.Replanned(e.specs(), e.lastIncarnations(), e.groups(), nowNs);
        } else if (event instanceof Event.ShutdownRequested e) {
            return new Event.ShutdownRequested(e.requestId(), nowNs);
        }
        throw new IllegalArgumentException("unknown to the simulated shell: " + event);
    }
}
