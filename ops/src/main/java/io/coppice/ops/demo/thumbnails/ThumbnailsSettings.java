package io.coppice.ops.demo.thumbnails;

import io.coppice.ops.hosted.HostedSettings;
import java.nio.file.Path;

/**
 * What a demo of the thumbnailer is asked to do, and with what.
 *
 * @param pictures good ones, 1 or more; the bad ones come on top
 * @param kills how many
 * @param seed of the pictures and of the kills
 * @param host what hosts it
 * @param classes where the daemon's classes are
 */
public record ThumbnailsSettings(int pictures, int kills, long seed, HostedSettings host, Path classes) {}
