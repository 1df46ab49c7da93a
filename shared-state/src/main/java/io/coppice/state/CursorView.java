package io.coppice.state;

/**
 * How far a reader had read a ring at one of its own commits.
 *
 * @param timeline the writer's timeline that it reads; 0 if it never read
 * @param positionBytes bytes read, headers and padding included
 * @param messages read in all
 */
public record CursorView(long timeline, long positionBytes, long messages) {}
