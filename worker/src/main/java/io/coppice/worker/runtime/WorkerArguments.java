package io.coppice.worker.runtime;

import io.coppice.state.Checksum;
import io.coppice.state.Fence;
import io.coppice.state.OwnerFiles;
import io.coppice.state.SegmentSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The command line the root gives a worker.
 *
 * <pre>
 *  --instance I --name N --segment FILE --lock FILE [--own DIR] --main CLASS --heartbeat-timeout-ms T
 *  [--resume resume|zero|ask] [--evolve refuse|zero|migrate] [--checkpoint-every-ms T] [--checkpoint-every-commits N]
 *  [--checksum none|arena] [--fence lock|word] [--size STATEBYTES,CHECKPOINTS] [--peer NAME=FILE]…
 *  [--transactions SLOTS,QUEUE,INPUTBYTES,QUARANTINE --root FILE --logs DIR --slot N=FILE…] -- USERARGS…
 * </pre>
 *
 * @param segment where this process finds it; in a sandbox that is a folder of its own
 * @param lock likewise
 * @param ownDirectory in which it may make files, beside where the segment is kept
 * @param heartbeatTimeoutMs zero for none
 * @param statePolicy what its contents as a whole are subject to
 * @param fence what keeps its successor out of the segment while it lives, and kept it out before
 * @param size that its segment is to have, its table of requests included; null if any will do
 * @param peers the segments of the daemons this one may read, by name, in the order given
 * @param userArgs what the manifest says in {@code args}
 * @param transactions what it has of them; null if nothing
 */
record WorkerArguments(
        String instance,
        String name,
        Path segment,
        Path lock,
        Path ownDirectory,
        String mainClass,
        long heartbeatTimeoutMs,
        StatePolicy statePolicy,
        Fence fence,
        @Nullable SegmentSize size,
        Map<String, Path> peers,
        List<String> userArgs,
        @Nullable DaemonTransactions transactions) {

    WorkerArguments {
        peers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(peers));
        userArgs = List.copyOf(userArgs);
    }

    /**
     * @throws IllegalArgumentException naming the argument at fault
     */
    static WorkerArguments parse(String[] args) {
        Map<String, String> options = new LinkedHashMap<>();
        Map<String, Path> peers = new LinkedHashMap<>();
        Map<Integer, Path> slots = new TreeMap<>();
        int at = 0;
        while (at < args.length && !args[at].equals("--")) {
            String option = args[at];
            if (at + 1 == args.length) {
                throw new IllegalArgumentException(option + ": expected a value after it");
            }
            String value = args[at + 1];
            if (option.equals("--peer")) {
                int equals = value.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("--peer " + value + ": expected NAME=FILE");
                }
                peers.put(value.substring(0, equals), Path.of(value.substring(equals + 1)));
            } else if (option.equals("--slot")) {
                addSlot(slots, value);
            } else if (!OPTIONS.contains(option)) {
                throw new IllegalArgumentException(
                        option + ": unknown; expected one of " + OPTIONS + ", --peer, --slot");
            } else if (options.put(option, value) != null) {
                throw new IllegalArgumentException(option + ": given twice");
            }
            at += 2;
        }
        List<String> userArgs = new ArrayList<>();
        for (int i = at + 1; i < args.length; i++) {
            userArgs.add(args[i]);
        }
        DaemonTransactions transactions = DaemonTransactions.of(
                options.get("--transactions"), options.get("--root"), options.get("--logs"), slots);
        Path segment = Path.of(required(options, "--segment"));
        return new WorkerArguments(
                required(options, "--instance"),
                required(options, "--name"),
                segment,
                Path.of(required(options, "--lock")),
                Path.of(options.getOrDefault(
                        "--own", OwnerFiles.directory(segment).toString())),
                required(options, "--main"),
                number(options, "--heartbeat-timeout-ms", required(options, "--heartbeat-timeout-ms")),
                new StatePolicy(
                        word(options, "--resume", StatePolicy.Resume.RESUME, StatePolicy.Resume.class),
                        word(options, "--evolve", StatePolicy.Evolve.REFUSE, StatePolicy.Evolve.class),
                        number(options, "--checkpoint-every-ms", "0"),
                        number(options, "--checkpoint-every-commits", "0"),
                        word(options, "--checksum", Checksum.NONE, Checksum.class)),
                word(options, "--fence", Fence.LOCK, Fence.class),
                size(options.get("--size"), transactions),
                peers,
                userArgs,
                transactions);
    }

    private static final List<String> OPTIONS = List.of(
            "--instance",
            "--name",
            "--segment",
            "--lock",
            "--own",
            "--main",
            "--heartbeat-timeout-ms",
            "--resume",
            "--evolve",
            "--checkpoint-every-ms",
            "--checkpoint-every-commits",
            "--checksum",
            "--fence",
            "--size",
            "--transactions",
            "--root",
            "--logs");

    private static void addSlot(Map<Integer, Path> slots, String value) {
        int equals = value.indexOf('=');
        try {
            int slot = Integer.parseInt(value.substring(0, Math.max(0, equals)));
            if (slots.put(slot, Path.of(value.substring(equals + 1))) == null) {
                return;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--slot " + value + ": expected N=FILE", e);
        }
        throw new IllegalArgumentException("--slot " + value + ": given twice");
    }

    private static @Nullable SegmentSize size(@Nullable String text, @Nullable DaemonTransactions transactions) {
        if (text == null) {
            return null;
        }
        int comma = text.indexOf(',');
        try {
            long stateBytes = Long.parseLong(text.substring(0, Math.max(0, comma)));
            int checkpoints = Integer.parseInt(text.substring(comma + 1));
            return transactions == null
                    ? new SegmentSize(stateBytes, checkpoints)
                    : new SegmentSize(
                            stateBytes,
                            checkpoints,
                            transactions.limits().entries(),
                            transactions.limits().inputBytes());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--size " + text + ": expected STATEBYTES,CHECKPOINTS", e);
        }
    }

    private static <E extends Enum<E>> E word(Map<String, String> options, String option, E fallback, Class<E> type) {
        String text = options.get(option);
        if (text == null) {
            return fallback;
        }
        for (E value : type.getEnumConstants()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
                return value;
            }
        }
        throw new IllegalArgumentException(option + " " + text + ": expected one of "
                + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT));
    }

    private static String required(Map<String, String> options, String option) {
        @Nullable String value = options.get(option);
        if (value == null) {
            throw new IllegalArgumentException(option + ": missing");
        }
        return value;
    }

    private static long number(Map<String, String> options, String option, String fallback) {
        String text = options.getOrDefault(option, fallback);
        long ms;
        try {
            ms = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " " + text + ": expected a number", e);
        }
        if (ms < 0 || ms > Long.MAX_VALUE / 1_000_000) {
            throw new IllegalArgumentException(option + " " + text + ": expected zero or more");
        }
        return ms;
    }
}
