package io.coppice.ops.demo.thumbnails;

import io.coppice.ops.demo.thumbnails.faulty.FaultyReaderSpi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.spi.ImageReaderSpi;

/**
 * A folder of pictures, and what is to become of each.
 *
 * @param path the folder
 * @param good those that have thumbnails in the end
 * @param bad names of those that have none, and what is wrong with each
 */
record SampleFolder(Path path, List<PictureMaker.Made> good, Map<String, BadPicture> bad) {
    SampleFolder {
        good = List.copyOf(good);
        bad = Map.copyOf(bad);
    }

    /** Makes it and all that is in it; a second or so for a hundred pictures. */
    static SampleFolder make(Path path, int pictures, long seed) throws IOException {
        Files.createDirectory(path);
        PictureMaker maker = new PictureMaker(seed);
        List<PictureMaker.Made> good = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            good.add(maker.good(path, i));
        }
        Map<String, BadPicture> bad = new TreeMap<>();
        for (BadPicture kind : BadPicture.values()) {
            bad.put(maker.bad(path, kind), kind);
        }
        return new SampleFolder(path, good, bad);
    }

    /** Makes a folder for a class path that tells javax.imageio of {@link FaultyReaderSpi}. */
    static void makePlugIn(Path path) throws IOException {
        Path services = Files.createDirectories(path.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(ImageReaderSpi.class.getName()),
                FaultyReaderSpi.class.getName() + "\n",
                StandardCharsets.US_ASCII);
    }

    /** Moves all files into another folder, each as a whole. */
    void moveTo(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    /** How many files it has. */
    int files() {
        return good.size() + bad.size();
    }
}
