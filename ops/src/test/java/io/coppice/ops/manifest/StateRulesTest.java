package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StateRulesTest {
    private static StateRules.Every every(String text) {
        YamlNode node = new YamlNode.Scalar(new Position(1, 1), text, true);
        return StateRules.every(node, "checkpoint_every", new Problems("x.yaml"));
    }

    @Test
    void shouldReadADurationOrANumberOfCommits() {
        assertEquals(new StateRules.Every(30_000, 0), every("30s"));
        assertEquals(new StateRules.Every(0, 1000), every("1000 commits"));
        assertEquals(new StateRules.Every(0, 1), every("1 commit"));
    }

    /** The word may be misspelt or the number out of range: both forms are told. */
    @Test
    void shouldNameBothFormsWhereItIsNeither() {
        for (String text : new String[] {"5 comits", "0 commits", "1000commits", "every 5 minutes", "-3 commits"}) {
            Problems problems = new Problems("x.yaml");
            StateRules.every(new YamlNode.Scalar(new Position(1, 1), text, true), "checkpoint_every", problems);
            String told = problems.inFileOrder().toString();
            assertTrue(
                    told.contains("expected a duration such as 30s, or a number of commits such as `1000 commits`"),
                    told);
        }
        for (String text : new String[] {"0 commits", "-3 commits", "1000000000 commits"}) {
            Problems problems = new Problems("x.yaml");
            StateRules.every(new YamlNode.Scalar(new Position(1, 1), text, true), "checkpoint_every", problems);
            String told = problems.inFileOrder().toString();
            assertTrue(told.contains("`" + text + "` is out of range, expected"), told);
        }
        Problems problems = new Problems("x.yaml");
        StateRules.every(new YamlNode.Scalar(new Position(1, 1), "5ms", true), "checkpoint_every", problems);
        assertTrue(
                problems.inFileOrder().toString().contains("out of range"),
                problems.inFileOrder().toString());
    }
}
