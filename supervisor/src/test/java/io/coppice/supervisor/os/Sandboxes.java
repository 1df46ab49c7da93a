package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Rulesets for the tests: a system to look at, and what a test adds. */
final class Sandboxes {
    private Sandboxes() {}

    /** Skips the calling test where this kernel has not what {@code restriction} needs. */
    static void assumeInForce(int landlockAbi) {
        assumeTrue(
                Landlock.abi() >= landlockAbi,
                "Landlock ABI " + landlockAbi + " is needed; this kernel has " + Landlock.abi());
        assumeTrue(SeccompFilter.isAvailable(), "this kernel has no seccomp filter");
    }

    /** Rules that let a program of this system and this JVM run and look about, but in no directory of ours. */
    static List<LandlockRuleset.Rule> system() {
        List<LandlockRuleset.Rule> rules = new ArrayList<>();
        for (String directory :
                List.of("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/opt", "/proc", "/sys", "/dev")) {
            rules.add(LandlockRuleset.Rule.optional(Path.of(directory), LandlockRight.READ_AND_EXECUTE));
        }
        rules.add(LandlockRuleset.Rule.required(
                Path.of(System.getProperty("java.home")), LandlockRight.READ_AND_EXECUTE));
        for (String device : List.of("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")) {
            rules.add(LandlockRuleset.Rule.optional(Path.of(device), Set.of(LandlockRight.WRITE_FILE)));
        }
        return rules;
    }

    /** With all rights in a directory, on top of {@link #system}. */
    static List<LandlockRuleset.Rule> systemAnd(Path directory) {
        List<LandlockRuleset.Rule> rules = system();
        rules.add(LandlockRuleset.Rule.required(directory, LandlockRight.ALL));
        return rules;
    }
}
