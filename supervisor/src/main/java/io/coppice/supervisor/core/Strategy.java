package io.coppice.supervisor.core;

/** Which members of a group are restarted when one of them dies and is to be restarted; OTP's words. */
public enum Strategy {
    /** Only that one. */
    ONE_FOR_ONE,
    /** All members that are wanted up, once all of them are down. */
    ONE_FOR_ALL,
    /** It and those that come after it in the order of start, once these are down. */
    REST_FOR_ONE
}
