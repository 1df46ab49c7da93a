package io.coppice.ops.demo;

import io.coppice.ops.cli.Caller;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.demo.job.WordCountDaemon;
import io.coppice.ops.demo.thumbnails.ThumbnailsRun;
import io.coppice.ops.demo.thumbnails.ThumbnailsSettings;
import io.coppice.ops.demo.thumbnails.job.ThumbnailDaemon;
import io.coppice.ops.hosted.HostedInstance;
import io.coppice.ops.hosted.HostedSettings;
import io.coppice.ops.hosted.IsolationChoice;
import io.coppice.ops.hosted.ProgressScreen;
import io.coppice.supervisor.plan.PlanBounds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code coppice demo}: a real job whose worker is killed again and again. */
@Command(
        name = "demo",
        description = {
            "Count the words of a file with a daemon that is killed N times while it works.",
            "The result is compared with a recount by another program. Exit 0 only if every count is right.",
            "It runs as an ordinary instance (demo, or what --instance says) and cleans up after itself."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final String VERB = "counted";
    private static final int MOST_KILLS = 100_000;

    /** The thumbnailer knows 20,000 files. */
    private static final int MOST_PICTURES = 10_000;

    private final CoppiceCommand coppice;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "What to count; default: at least 64 MiB of text that came with this JDK.")
    private @Nullable Path input;

    @Option(names = "--kills", paramLabel = "N", description = "How many SIGKILLs; default: ${DEFAULT-VALUE}.")
    private int kills = 10;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Repeats the kill plan of an earlier demo; default: another one each time.")
    private @Nullable Long seed;

    @Option(
            names = "--state",
            paramLabel = "SIZE",
            description = "Size of the daemon's state; default: ${DEFAULT-VALUE}.")
    private String state = "24MiB";

    @Option(
            names = "--standby",
            paramLabel = "N",
            description =
                    "Keep N warm JVMs in reserve, and tell both kinds of recovery apart; default: ${DEFAULT-VALUE}.")
    private int standbys;

    @Option(names = "--isolation", paramLabel = "MODE", description = IsolationChoice.DESCRIPTION)
    private IsolationChoice isolation = IsolationChoice.MAPPING;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write word<TAB>count lines, sorted bytewise, if every count is right.")
    private @Nullable Path output;

    /** @param coppice the command it is a part of */
    public DemoCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        String instance = coppice.instanceOption() == null ? "demo" : coppice.instanceOption();
        DemoSettings settings = settings(coppice.caller(), instance);
        return HostedInstance.show(coppice, "demo", VERB, screen -> run(settings, screen));
    }

    /** {@code coppice demo thumbnails}: the same with what is risky, in transactions. */
    @Command(
            name = "thumbnails",
            description = {
                "Make thumbnails of pictures, some of which crash whoever decodes them.",
                "Each is decoded in a transaction, a JVM of its own. The daemon, its transactions and the root are killed"
                        + " meanwhile. Exit 0 only if each good picture has one thumbnail, and each bad file a line with"
                        + " the cause.",
                "It runs as an ordinary instance (demo-thumbnails, or what --instance says) and cleans up after itself."
            })
    int thumbnails(
            @Option(
                            names = "--pictures",
                            paramLabel = "N",
                            description = "How many good ones; default: ${DEFAULT-VALUE}.",
                            defaultValue = "40")
                    int pictures,
            @Option(
                            names = "--kills",
                            paramLabel = "N",
                            description = "How many SIGKILLs, of all three in turn; default: ${DEFAULT-VALUE}.",
                            defaultValue = "9")
                    int mostKills,
            @Option(
                            names = "--seed",
                            paramLabel = "S",
                            description =
                                    "Repeats the pictures and the kill plan of an earlier demo; default: another one each"
                                            + " time.")
                    @Nullable
                    Long chosenSeed,
            @Option(
                            names = "--isolation",
                            paramLabel = "MODE",
                            description = IsolationChoice.DESCRIPTION,
                            defaultValue = "mapping")
                    IsolationChoice mode) {
        requireNoOptionBefore("thumbnails");
        if (pictures < 1 || pictures > MOST_PICTURES) {
            throw DemoRefusals.usage("--pictures: " + pictures + " must be 1 to " + MOST_PICTURES + ".");
        }
        if (mostKills < 0 || mostKills > MOST_KILLS) {
            throw DemoRefusals.usage("--kills: " + mostKills + " must be 0 to " + MOST_KILLS + ".");
        }
        String instance = coppice.instanceOption() == null ? "demo-thumbnails" : coppice.instanceOption();
        ThumbnailsSettings settings = new ThumbnailsSettings(
                pictures,
                mostKills,
                chosenSeed == null ? new SplittableRandom().nextInt(1_000_000) : chosenSeed,
                HostedSettings.of(
                        coppice.caller(), "demo", instance, mode.isolation(), Set.of(ThumbnailDaemon.class.getName())),
                HostedSettings.classesOf(ThumbnailDaemon.class));
        return HostedInstance.show(
                coppice,
                "demo",
                "done",
                screen -> HostedInstance.run(settings.host(), screen, List.of(), new ThumbnailsRun(settings, screen)));
    }

    /** Those of the command are for the words, and would be left unheard. */
    private void requireNoOptionBefore(String subcommand) {
        List<OptionSpec> given = spec.commandLine().getParseResult().matchedOptions();
        if (!given.isEmpty()) {
            throw DemoRefusals.usage(given.get(0).longestName() + ": give it behind `" + subcommand
                    + "`; before that it is for the words.");
        }
    }

    private static RecoveryTimes run(DemoSettings settings, ProgressScreen screen) throws IOException {
        RecoveryTimes times = new RecoveryTimes();
        HostedInstance.run(
                settings.host(), screen, List.of(DemoRun.TEXT, DemoRun.GATE), new DemoRun(settings, screen, times));
        return times;
    }

    private DemoSettings settings(Caller caller, String name) {
        if (kills < 0 || kills > MOST_KILLS) {
            throw DemoRefusals.usage("--kills: " + kills + " must be 0 to " + MOST_KILLS + ".");
        }
        if (standbys < 0 || standbys > PlanBounds.MAX_STANDBYS) {
            throw DemoRefusals.usage("--standby: " + standbys + " must be 0 to " + PlanBounds.MAX_STANDBYS + ".");
        }
        DemoRefusals.requireUsefulState(state);
        Path here = caller.workingDirectory();
        DemoRefusals.requireTwoFiles(here, input, output);
        HostedSettings host =
                HostedSettings.of(caller, "demo", name, isolation.isolation(), Set.of(WordCountDaemon.class.getName()));
        return new DemoSettings(
                Optional.ofNullable(input).map(file -> DemoRefusals.readable(here, file)),
                kills,
                seed == null ? new SplittableRandom().nextInt(1_000_000) : seed,
                state,
                standbys,
                Optional.ofNullable(output).map(file -> DemoRefusals.writable(here, file)),
                host,
                Path.of(System.getProperty("java.home")),
                List.of(HostedSettings.classesOf(WordCountDaemon.class)));
    }
}
