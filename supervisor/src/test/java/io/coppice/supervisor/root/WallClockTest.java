package io.coppice.supervisor.root;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.coppice.state.SegmentFile;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSegment;
import io.coppice.state.root.RootView;
import io.coppice.supervisor.os.BlockReservation;
import io.coppice.supervisor.os.ClockSteps;
import io.coppice.supervisor.os.RootLock;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The wall clock may be set forwards and back under a root. No test may set this machine's, and a time namespace has no wall
 * clock of its own, so this shows who reads it: only those who write a time down for people.
 */
class WallClockTest {
    /** Times of events and exits, written or passed on; how far it was set; since when a lock is held; the number of an owner, which is compared with nothing. */
    private static final List<Class<?>> FOR_PEOPLE = List.of(
            StatusPublisher.class,
            HangupReload.class,
            Notices.class,
            RootStartup.class,
            RootLock.class,
            ClockSteps.class);

    /** A process of its own, and no root: it compares with the times of files, which are of that clock. */
    private static final String OF_FILES = "io.coppice.supervisor.archive.Archiver";

    private static final JavaClasses ROOT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.coppice.supervisor");

    @TempDir
    Path directory;

    private static DescribedPredicate<JavaClass> forPeople() {
        return DescribedPredicate.describe(
                "write times for people, or compare with those of files",
                type -> FOR_PEOPLE.stream().anyMatch(type::isEquivalentTo)
                        || type.getName().equals(OF_FILES));
    }

    @Test
    void shouldBeReadOnlyWhereATimeIsWrittenForPeople() {
        noClasses()
                .that(DescribedPredicate.not(forPeople()))
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Instant.class, Clock.class, Date.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.time..")
                .check(ROOT);
    }

    @Test
    void shouldLetARootStartThatBeganBeforeItsPredecessor() throws Exception {
        Path file = directory.resolve("root.seg");
        BlockReservation.reserve(file, RootSegment.LENGTH_BYTES);
        SegmentFile.create(file, RootSegment.spec("test"));
        try (RootSegment root = RootSegment.open(file, 41, 2_000_000)) {
            root.event(2_000_000, -1, EventType.NOTE, 0, 0, "before the clock was set back");
            root.commit();
        }

        try (RootSegment root = RootSegment.open(file, 42, 1_000_000)) {
            root.event(1_000_000, -1, EventType.NOTE, 0, 0, "after it");
            root.commit();
        }

        try (RootView view = RootView.open(file)) {
            RootReadResult.Read read = (RootReadResult.Read) view.read();
            assertEquals(
                    List.of("before the clock was set back", "after it"),
                    read.snapshot().events().stream().map(event -> event.text()).toList());
        }
    }
}
