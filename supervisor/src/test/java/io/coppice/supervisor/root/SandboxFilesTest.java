package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders and views of processes in sandboxes. */
class SandboxFilesTest {
    @TempDir
    Path segments;

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private Path file(String name) throws IOException {
        return Files.writeString(segments.resolve(name), name);
    }

    private static ChildPlan daemon(String name, String... reads) {
        List<String> argv = Stream.concat(
                        Stream.of("java", WorkerOptions.MAIN_CLASS),
                        Stream.of(reads).flatMap(read -> Stream.of("--peer", read + "=/s/" + read + ".seg")))
                .toList();
        return ChildPlans.daemon(name).argv(argv).plan();
    }

    private static Plan plan(ChildPlan... children) {
        return new Plan(
                "shop",
                "/m.yaml",
                "/d/shop",
                "/s",
                Isolation.SANDBOX,
                0,
                ControlAccess.OWN_USER,
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(children));
    }

    private static ChildProcess process(ChildPlan plan) {
        return new ChildProcess(0, 0, plan);
    }

    @Test
    void shouldHaveNothingInAFolderUntilItIsHandedOverAndFollowEachFileFromThen() throws IOException {
        WorkerFolders folders = new WorkerFolders(segments);
        ChildProcess ingest = process(daemon("ingest"));
        Path folder = folders.ofProcess(ingest.plan, 7);
        WorkerFolders.make(folder);
        ingest.folder = folder;
        Path segment = file("ingest.seg");
        file("ingest.lock");
        assertEquals(List.of(), names(folder));

        folders.follow(ingest);
        assertEquals(List.of("ingest.lock", "ingest.seg"), names(folder));
        assertTrue(Files.isSameFile(segment, folder.resolve("ingest.seg")));

        Path next = file("ingest.seg.new");
        folders.follow(ingest);
        assertEquals(List.of("ingest.lock", "ingest.seg", "ingest.seg.new"), names(folder));
        Files.move(next, segment, StandardCopyOption.REPLACE_EXISTING);
        folders.follow(ingest);
        assertEquals(List.of("ingest.lock", "ingest.seg"), names(folder));
        assertTrue(Files.isSameFile(segment, folder.resolve("ingest.seg")));
        assertEquals("ingest.seg.new", Files.readString(folder.resolve("ingest.seg")));

        folders.remove(ingest);
        assertFalse(Files.exists(folder));
        assertNull(ingest.folder);
        folders.follow(ingest);
        folders.remove(ingest);
    }

    @Test
    void shouldEmptyTheFolderThatARootLeftWhichDied() throws IOException {
        WorkerFolders folders = new WorkerFolders(segments);
        ChildPlan plan = daemon("ingest");
        Path folder = folders.ofStandby(plan, 4711);
        assertEquals("ingest.standby-4711", String.valueOf(folder.getFileName()));
        WorkerFolders.make(folder);
        Files.createFile(folder.resolve("ingest.seg"));
        WorkerFolders.make(folder);
        assertEquals(List.of(), names(folder));
    }

    @Test
    void shouldRemoveFoldersOfNobodyAndNothingElse() throws IOException {
        WorkerFolders folders = new WorkerFolders(segments);
        ChildTable children = new ChildTable(plan(daemon("ingest")));
        ChildProcess ingest = children.get(0);
        ingest.folder = folders.ofProcess(ingest.plan, 2);
        StandbyTable standbys = new StandbyTable();
        StandbyProcess standby = standbys.add(ingest, 1);
        standby.folder = folders.ofStandby(ingest.plan, 5);
        for (Path folder : List.of(
                Objects.requireNonNull(ingest.folder),
                Objects.requireNonNull(standby.folder),
                folders.ofProcess(ingest.plan, 1),
                folders.ofStandby(ingest.plan, 4),
                segments.resolve("ingest.own"))) {
            WorkerFolders.make(folder);
        }
        file("ingest.process-9");
        folders.removeOthers(children, standbys);
        assertEquals(
                List.of("ingest.own", "ingest.process-2", "ingest.process-9", "ingest.standby-5"), names(segments));
    }

    private static ChildPlan restricted(ChildPlan plan) {
        ChildPlanBuilder builder = plan.toBuilder();
        return builder.restricted(true).plan();
    }

    @Test
    void shouldShowInAViewWhatItsDaemonReadsAndRenewItInPlace() throws IOException {
        SegmentViews views = new SegmentViews(segments);
        Path rates = file("rates.seg");
        file("web.seg");
        file("ingest.seg");
        Files.createDirectory(segments.resolve("gone.view"));
        file("gone.view/rates.seg");
        ChildPlan ingest = restricted(daemon("ingest", "rates", "web"));
        views.arrange(plan(daemon("rates"), daemon("web"), ingest));
        Path view = views.of(ingest);
        assertEquals(List.of("rates.seg", "web.seg"), names(view));
        assertFalse(Files.exists(segments.resolve("gone.view")));

        Object before = Files.readAttributes(view, BasicFileAttributes.class).fileKey();
        Files.move(file("rates.seg.new"), rates, StandardCopyOption.REPLACE_EXISTING);
        views.renew("rates");
        views.renew("nobody");
        assertTrue(Files.isSameFile(rates, view.resolve("rates.seg")));
        assertEquals(List.of("rates.seg", "web.seg"), names(view));

        ChildPlan less = restricted(daemon("ingest", "web"));
        views.arrange(plan(daemon("rates"), daemon("web"), less));
        assertEquals(List.of("web.seg"), names(view));
        Object after = Files.readAttributes(view, BasicFileAttributes.class).fileKey();
        assertEquals(before, after);
    }
}
