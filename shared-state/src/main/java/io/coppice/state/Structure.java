package io.coppice.state;

/** Something in the owner's state that was handed to user code. Owner's thread only. */
abstract class Structure {
    /** Where a detached structure lies: an offset that the engine refuses, however much is added to it. */
    static final long DETACHED = Long.MIN_VALUE >> 1;

    /** Where the record of a removed key lies: likewise refused. Above anything in a detached structure. */
    static final long REMOVED = DETACHED >> 1;

    /** Its creation was rolled back: from now on each access throws and says so. */
    abstract void detach();
}
