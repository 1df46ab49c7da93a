package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
