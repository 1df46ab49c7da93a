package io.coppice.ops.manifest;

/** Where something stands in a file: line and column, counted from 1. Line 0 = the file as a whole. */
record Position(int line, int column) implements Comparable<Position> {
    static final Position WHOLE_FILE = new Position(0, 0);

    @Override
    public int compareTo(Position other) {
        return line != other.line ? Integer.compare(line, other.line) : Integer.compare(column, other.column);
    }
}
