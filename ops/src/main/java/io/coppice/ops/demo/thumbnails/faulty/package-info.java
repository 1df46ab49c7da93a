/**
 * A plug-in of javax.imageio with a defect that takes the JVM down. Only {@code coppice demo thumbnails} has it on a class path where it
 * is found, by a {@code META-INF/services} of its own.
 */
@NullMarked
package io.coppice.ops.demo.thumbnails.faulty;

import org.jspecify.annotations.NullMarked;
