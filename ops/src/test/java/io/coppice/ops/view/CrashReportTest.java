package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of JVMs: those that this JDK writes, and what others have been seen to write. */
class CrashReportTest {
    private static final String NATIVE = """
            #
            # A fatal error has been detected by the Java Runtime Environment:
            #
            #  SIGSEGV (0xb) at pc=0x00007f54f4cd2f94, pid=11929, tid=11933
            #
            # JRE version: OpenJDK Runtime Environment (17.0.15+6) (build 17.0.15+6-Debian-1deb12u1)
            # Problematic frame:
            # C  [libcodec.so+0x1234]  decode+0x56
            #
            """;
    private static final PlanFile NO_PLAN = new PlanFile(Optional.empty(), Optional.empty(), false);
    private static final long ENDED = 1_790_000_000_000L;

    @TempDir
    Path base;

    private InstanceDirectory instance;

    @BeforeEach
    void makeLogs() throws Exception {
        instance = new InstanceDirectory("shop", base);
        Files.createDirectory(instance.logDirectory());
    }

    private Path write(String file, String content, long writtenEpochMs) throws Exception {
        Path report = instance.path().resolve(file);
        Files.createDirectories(report.resolveSibling(""));
        Files.writeString(report, content);
        return Files.setLastModifiedTime(report, FileTime.fromMillis(writtenEpochMs));
    }

    @Test
    void shouldTellTheFaultAndItsPlace() {
        assertEquals(Optional.of("SIGSEGV (0xb) in C [libcodec.so+0x1234] decode+0x56"), CrashReport.cause(NATIVE));
    }

    @Test
    void shouldTellWhatTheJvmItselfRanInto() {
        assertEquals(
                Optional.of("There is insufficient memory for the Java Runtime Environment to continue.: Native memory"
                        + " allocation (mmap) failed to map 16384 bytes for committing reserved memory."),
                CrashReport.cause("""
                        #
                        # There is insufficient memory for the Java Runtime Environment to continue.
                        # Native memory allocation (mmap) failed to map 16384 bytes for committing reserved memory.
                        """));
        assertEquals(
                Optional.of("Internal Error (heap.cpp:42): guarantee(ok) failed: must be"), CrashReport.cause("""
                        #
                        #  Internal Error (heap.cpp:42), pid=7, tid=8
                        #  guarantee(ok) failed: must be
                        """));
    }

    @Test
    void shouldFindTheReportByNameAndNumber() throws Exception {
        write("ingest.own/hs_err_77.log", NATIVE, ENDED - 20);

        assertTrue(CrashReport.causeOf(instance, NO_PLAN, "ingest", 77, ENDED).isPresent());
        assertTrue(CrashReport.causeOf(instance, NO_PLAN, "ingest", ENDED).isPresent());
        assertFalse(CrashReport.causeOf(instance, NO_PLAN, "ingest", 78, ENDED).isPresent());
        assertFalse(CrashReport.causeOf(instance, NO_PLAN, "ing", ENDED).isPresent());
        assertFalse(CrashReport.causeOf(instance, NO_PLAN, "../logs/ingest", 77, ENDED)
                .isPresent());
    }

    /** Of a JVM without a segment, and of one that an earlier release has launched. */
    @Test
    void shouldFindTheReportBesideTheLogs() throws Exception {
        write("logs/hs_err_ingest_77.log", NATIVE, ENDED - 20);

        assertTrue(CrashReport.causeOf(instance, NO_PLAN, "ingest", 77, ENDED).isPresent());
        assertTrue(CrashReport.causeOf(instance, NO_PLAN, "ingest", ENDED).isPresent());
    }

    /** The daemon may put into its own directory what it likes, whoever reads there. */
    @Test
    void shouldFollowNoLinkOutOfAnOwnDirectory() throws Exception {
        Path elsewhere = write("elsewhere/hs_err_77.log", NATIVE, ENDED - 20);
        Path own = Files.createDirectory(instance.path().resolve("ingest.own"));
        Files.createSymbolicLink(own.resolve("hs_err_77.log"), elsewhere);
        Files.createSymbolicLink(instance.path().resolve("other.own"), elsewhere.resolveSibling(""));

        assertFalse(CrashReport.causeOf(instance, NO_PLAN, "ingest", 77, ENDED).isPresent());
        assertFalse(CrashReport.causeOf(instance, NO_PLAN, "ingest", ENDED).isPresent());
        assertFalse(CrashReport.causeOf(instance, NO_PLAN, "other", ENDED).isPresent());
    }

    @Test
    void shouldFindTheReportOfASlotAmongThoseOfAllSlots() throws Exception {
        write("ingest@transactions.own/hs_err_77.log", NATIVE, ENDED - 20);

        assertTrue(CrashReport.causeOf(instance, NO_PLAN, "ingest@2", 77, ENDED).isPresent());
        assertTrue(CrashReport.causeOf(instance, NO_PLAN, "ingest@2", ENDED).isPresent());
        assertFalse(CrashReport.causeOf(instance, NO_PLAN, "ingest", ENDED).isPresent());
    }

    @Test
    void shouldNotTakeTheReportOfAnEarlierProcessForThisOnes() throws Exception {
        write("ingest.own/hs_err_77.log", NATIVE, ENDED - 3_600_000);

        assertFalse(CrashReport.causeOf(instance, NO_PLAN, "ingest", 77, ENDED).isPresent());
        assertFalse(CrashReport.causeOf(instance, NO_PLAN, "ingest", ENDED).isPresent());
    }

    @Test
    void shouldBelieveNothingAndPrintNoControls() throws Exception {
        write("ingest.own/hs_err_77.log", NATIVE.replace("decode", "\u001b[31m" + "x".repeat(2000)), ENDED);
        String cause =
                CrashReport.causeOf(instance, NO_PLAN, "ingest", 77, ENDED).orElseThrow();
        assertFalse(cause.contains("\u001b"), cause);
        assertTrue(cause.length() < 400, cause);

        write("ingest.own/hs_err_77.log", "nothing of the kind\n".repeat(100_000), ENDED);
        assertFalse(CrashReport.causeOf(instance, NO_PLAN, "ingest", 77, ENDED).isPresent());

        Files.createSymbolicLink(instance.path().resolve("ingest.own/hs_err_78.log"), Path.of("/dev/zero"));
        assertFalse(CrashReport.causeOf(instance, NO_PLAN, "ingest", 78, System.currentTimeMillis())
                .isPresent());
    }

    @Test
    void shouldReadWhatThisJdkWritesOfARealFault() throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx16m"));
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of(
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile="
                        + Files.createDirectory(instance.path().resolve("ingest.own"))
                                .resolve("hs_err_%p.log"),
                "-cp",
                Path.of(CrashReportTest.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toString(),
                Faulting.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(base.resolve("out").toFile())
                .start();
        assertEquals(1, process.waitFor(), Files.readString(base.resolve("out")));

        String cause = CrashReport.causeOf(instance, NO_PLAN, "ingest", process.pid(), System.currentTimeMillis())
                .orElseThrow();
        assertTrue(cause.startsWith("SIGSEGV (0xb) in "), cause);
    }

    /** Stores to where nothing is mapped. */
    static final class Faulting {
        public static void main(String[] args) throws Exception {
            Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            Object unsafe = field.get(null);
            unsafe.getClass().getMethod("putAddress", long.class, long.class).invoke(unsafe, 0L, 0L);
        }
    }
}
