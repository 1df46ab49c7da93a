package io.coppice.ops.torture.job;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a daemon tells the recorder, as it goes over the socket.
 *
 * @param kind what it is
 * @param daemon the daemon it is about: who says it, or the writer that was seen
 * @param incarnation of that daemon
 * @param step of that daemon
 * @param text of a fault, else empty
 */
public record Report(Kind kind, String daemon, long incarnation, long step, String text) {
    /** Kinds, by their codes on the wire. */
    public enum Kind {
        /** A new process of the daemon goes on after that step. Always the first report of a connection. */
        RESUMED(1),
        /** The step is committed: the daemon has seen that its commit returned. */
        COMMITTED(2),
        /** A reader has seen that step of a writer. */
        SEEN(3),
        /** A reader has found something gone. */
        LOST(4),
        /** A reader has found something that contradicts itself. */
        TORN(5),
        /** A reader has found something that was never committed. */
        PHANTOM(6);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        private static Kind of(int code) throws IOException {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IOException("a report of kind " + code);
        }
    }

    /** Writes it. */
    public void write(DataOutputStream out) throws IOException {
        out.writeByte(kind.code);
        out.writeUTF(daemon);
        out.writeLong(incarnation);
        out.writeLong(step);
        out.writeUTF(text);
    }

    /**
     * Reads one.
     *
     * @throws java.io.EOFException at the end, or if its writer died within one
     */
    public static Report read(DataInputStream in) throws IOException {
        return new Report(Kind.of(in.readByte()), in.readUTF(), in.readLong(), in.readLong(), in.readUTF());
    }
}
