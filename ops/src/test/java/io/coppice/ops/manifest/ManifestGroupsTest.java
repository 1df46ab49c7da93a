package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.supervisor.plan.AutoShutdown;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.ExitLists;
import io.coppice.supervisor.plan.ExitSet;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Membership;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.Strategy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups, and what a manifest says of ends and of those that go down together. */
class ManifestGroupsTest {
    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    private static ChildPlan child(Plan plan, String name) {
        return plan.children().stream()
                .filter(child -> child.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldReadATreeOfGroups() {
        Plan plan = shop.compiled("""
                strategy: rest-for-one
                max_restarts: 3
                period: 30s
                auto_shutdown: any-significant
                groups:
                  inner: {members: [cache], max_restarts: unlimited, backoff: none, on_give_up: fail}
                  edge:
                    members: [web, inner]
                    strategy: one-for-all
                    max_restarts: 7
                    period: 10s
                    backoff: {initial: 20ms, factor: 3, max: 1s, reset_after: 5s, jitter: 0.5}
                    auto_shutdown: all-significant
                    significant: true
                daemons:
                  web: {command: [sleep, "1"], significant: true}
                  cache: {command: [sleep, "1"]}
                  job: {command: [sleep, "1"], significant: true, on_give_up: fail}
                """).plan();
        assertEquals(
                List.of(
                        new GroupPlan(
                                GroupPlan.OUTERMOST,
                                Strategy.REST_FOR_ONE,
                                3,
                                30_000,
                                Backoff.NONE,
                                AutoShutdown.ANY_SIGNIFICANT,
                                Membership.PLAIN),
                        new GroupPlan(
                                "edge",
                                Strategy.ONE_FOR_ALL,
                                7,
                                10_000,
                                new Backoff(20, 3, 1_000, 5_000, 0.5),
                                AutoShutdown.ALL_SIGNIFICANT,
                                new Membership(GroupPlan.OUTERMOST, true, true)),
                        new GroupPlan(
                                "inner",
                                Strategy.ONE_FOR_ONE,
                                ChildPlan.UNLIMITED_RESTARTS,
                                60_000,
                                Backoff.NONE,
                                AutoShutdown.NEVER,
                                new Membership("edge", false, false))),
                plan.groups());
        assertEquals(new Membership("edge", true, true), child(plan, "web").membership());
        assertEquals(new Membership("inner", false, false), child(plan, "cache").membership());
        assertEquals(
                new Membership(GroupPlan.OUTERMOST, true, false),
                child(plan, "job").membership());
    }

    @Test
    void shouldHaveNoGroupsWithoutTheirKeys() {
        Plan plan = shop.compiled("daemons: {it: {command: [sleep, \"1\"]}}\n").plan();
        assertEquals(
                List.of(new GroupPlan(
                        GroupPlan.OUTERMOST,
                        Strategy.ONE_FOR_ONE,
                        ChildPlan.UNLIMITED_RESTARTS,
                        60_000,
                        Backoff.NONE,
                        AutoShutdown.NEVER,
                        Membership.PLAIN)),
                plan.groups());
        assertEquals(Membership.PLAIN, child(plan, "it").membership());
        assertEquals(ExitLists.NONE, child(plan, "it").exits());
    }

    @Test
    void shouldReadWhatSingleEndsMeanAndWhoGoesDownWithWhom() {
        Plan plan = shop.compiled("""
                defaults: {success_exit_status: [3, SIGHUP]}
                daemons:
                  db: {command: [sleep, "1"], restart_prevent_exit_status: [64], restart_force_exit_status: [0, SEGV]}
                  web: {command: [sleep, "1"], depends_on: {db: {condition: healthy, restart: true}}}
                """).plan();
        assertEquals(
                new ExitLists(
                        new ExitSet(List.of(3), List.of("HUP")),
                        new ExitSet(List.of(64), List.of()),
                        new ExitSet(List.of(0), List.of("SEGV"))),
                child(plan, "db").exits());
        assertEquals(
                List.of(new Dependency("db", Dependency.Condition.HEALTHY, true)),
                child(plan, "web").dependsOn());
    }

    /** What stands above the daemons `it` and `other`, and what is said about it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "auto_shutdown: any | 1:16: auto_shutdown: `any`, expected one of `never`, `any-significant`, `all-significant`; did you mean `any-significant`?",
                "auto_shutdown: all_significant | 1:16: auto_shutdown: `all_significant`, expected one of `never`, `any-significant`, `all-significant`; did you mean `all-significant`?",
                "auto_shutdown: none | 1:16: auto_shutdown: `none`, expected one of `never`, `any-significant`, `all-significant`; did you mean `never`?",
                "auto_shutdown: false | 1:16: auto_shutdown: `false`, expected one of `never`, `any-significant`, `all-significant`; did you mean `never`?",
                "strategy: rest | 1:11: strategy: `rest`, expected one of `one-for-one`, `one-for-all`, `rest-for-one`; did you mean `rest-for-one`?",
                "groups: {g: {}} | 1:10: groups.g: no `members`, expected a list of daemons and groups such as [web, cache]",
                "groups: {g: {members: [ti]}} | 1:24: groups.g.members[0]: neither a daemon nor a group is called `ti`, expected the name of one; did you mean `it`?",
                "groups: {g: {members: [it]}, h: {members: [it]}} | 1:44: groups.h.members[0]: `it` is a member of `g` already, expected each in at most one group",
                "groups: {g: {members: [g]}} | 1:10: groups.g: a group within itself: g in g, expected a tree",
                "groups: {it: {members: [other]}} | 1:10: groups.it: a daemon has this name as well, expected another name",
                "groups: {G: {members: [it]}} | 1:10: groups.G: `G` cannot name a group, expected [a-z0-9-]{1,32}; did you mean `g`?",
                "groups: {g: {members: [it], strategy: all}} | 1:39: groups.g.strategy: `all`, expected one of `one-for-one`, `one-for-all`, `rest-for-one`",
                "groups: {g: {members: [it], stratgy: x}} | 1:29: groups.g.stratgy: unknown key, expected a key of a group; did you mean `strategy`?",
                "groups: {g: {members: [it], significant: true}} | 1:42: groups.g.significant: `significant` in a group that does not end with its significant members, expected `auto_shutdown: any-significant` or `all-significant` at the top of the manifest",
                "groups: [it] | 1:9: groups: a list, expected a mapping of names to groups; write `NAME: …`, not `- …`",
                "strategy: one_for_all | 1:11: strategy: `one_for_all`, expected one of `one-for-one`, `one-for-all`, `rest-for-one`; did you mean `one-for-all`?",
                "max_restarts: -1 | 1:15: max_restarts: `-1`, expected a whole number from 0 to 65536 (restarts in `period`; 0 = never) or `unlimited`; did you mean `unlimited`?",
            })
    void shouldTellWhatIsNoTree(String line, String expected) {
        String manifest = line + "\ndaemons: {it: {command: [sleep, \"1\"]}, other: {command: [sleep, \"1\"]}}\n";
        List<String> errors = shop.errors(manifest);
        String said = errors.stream()
                .filter(error -> error.contains(expected.strip()))
                .findFirst()
                .orElse(String.join("\n", errors));
        assertEquals(true, said.endsWith(expected.strip()), said);
    }

    /** One line below a command, and what is said about it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "success_exit_status: 3 | a list of exit codes and signals such as [3, TERM]; did you mean `[3]`?",
                "success_exit_status: [256] | `256`, expected an exit code from 0 to 255, or the name of a signal such as `TERM`",
                "success_exit_status: [term] | `term`, expected an exit code from 0 to 255, or the name of a signal such as `TERM`; did you mean `TERM`?",
                "success_exit_status: [TREM] | did you mean `TERM`?",
                "significant: yes | `yes`, expected `true` or `false`; did you mean `true`?",
                "significant: true | `significant` in a group that does not end with its significant members",
                "on_give_up: stop | `stop`, expected one of `fail`, `escalate`",
                "backoff: {jitter: 2} | `2`, expected the part of a delay that chance may leave out",
                "depends_on: {it: {condition: ready, restart: 1}} | `1`, expected `true` or `false`; did you mean `true`?",
                "depends_on: {it: {condition: ready, restrat: true}} | unknown key, expected `condition` or `restart`; did you mean `restart`?",
            })
    void shouldTellWhatIsWrongWithADaemonsPart(String line, String expected) {
        List<String> errors = shop.errors("daemons:\n  it:\n    command: [sleep, \"1\"]\n    " + line + "\n");
        assertEquals(
                1,
                errors.stream()
                        .filter(error -> error.contains(expected.strip()))
                        .count(),
                () -> String.join("\n", errors));
    }

    @Test
    void shouldTellOfASignificantDaemonThatNeverEnds() {
        List<String> errors = shop.errors(
                "auto_shutdown: any-significant\ndaemons: {it: {command: [sleep, \"1\"], significant: true, restart: always}}\n");
        assertEquals(1, errors.size());
        assertEquals(true, errors.get(0).contains("it never comes to its end"), errors.get(0));
    }
}
