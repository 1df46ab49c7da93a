package io.coppice.supervisor.root;

import io.coppice.supervisor.os.PeerGroups;
import io.coppice.supervisor.os.UnixConnection;
import io.coppice.supervisor.plan.ControlAccess;
import java.util.List;

/**
 * Which right somebody has at the control socket, by the plan that holds now and by what the kernel says of him: his user and groups as they were when
 * he connected, whatever he has become since.
 *
 * <p>Duty-cycle thread only; asking allocates nothing.
 */
final class AccessControl implements ControlServer.Rights {
    /** In which groups somebody is. */
    interface Groups {
        boolean contain(long gid);
    }

    private final long ownUid;
    private final PeerGroups groups = new PeerGroups();

    /** Made once. */
    private final Groups ofPeer = groups::contain;

    private ControlAccess access;

    /** @param ownUid the root's user */
    AccessControl(long ownUid, ControlAccess access) {
        this.ownUid = ownUid;
        this.access = access;
    }

    /** From now on this holds, also for who is connected already. */
    void replan(ControlAccess next) {
        access = next;
    }

    @Override
    public Right of(UnixConnection peer) {
        long uid = Integer.toUnsignedLong(peer.peerUid());
        if (!isOwn(uid, ownUid) && access.isShared()) {
            groups.read(peer);
        }
        return of(access, ownUid, uid, ofPeer);
    }

    /** The rule itself. */
    static Right of(ControlAccess access, long ownUid, long uid, Groups groups) {
        if (isOwn(uid, ownUid)) {
            return Right.OWN;
        }
        if (!access.isShared()) {
            return Right.NONE;
        }
        if (containsAny(access.users(), uid) || anyContained(access.groups(), groups)) {
            return Right.CHANGE;
        }
        return groups.contain(access.group()) ? Right.LOOK : Right.NONE;
    }

    private static boolean isOwn(long uid, long ownUid) {
        return uid == ownUid || uid == 0;
    }

    private static boolean containsAny(List<Long> users, long uid) {
        for (int i = 0; i < users.size(); i++) {
            if (users.get(i) == uid) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyContained(List<Long> gids, Groups groups) {
        for (int i = 0; i < gids.size(); i++) {
            if (groups.contain(gids.get(i))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String refusal(UnixConnection peer, Right needed) {
        long uid = Integer.toUnsignedLong(peer.peerUid());
        String who = "not permitted: user id " + uid;
        if (needed == Right.LOOK) {
            return who + " may not ask this root, which serves user id " + ownUid
                    + (access.isShared()
                            ? " and the members of group " + access.group() + " (`control` in the manifest)"
                                    + (groups.areTooMany()
                                            ? "; of that user only its own group counts, for it is in more than "
                                                    + PeerGroups.MAX_GROUPS + ": name it in `control.change`"
                                            : "")
                            : "; `control` in the manifest lets others ask")
                    + ". Run this command as that user or as root";
        }
        return needed == Right.CHANGE
                ? who + " may look here and change nothing. `control.change` in the manifest says who may; or run this"
                        + " command as user id " + ownUid + " or as root"
                : who + " may not give this root a plan, or the word of a probe: only user id " + ownUid
                        + " and root may. Run this command as one of them";
    }
}
