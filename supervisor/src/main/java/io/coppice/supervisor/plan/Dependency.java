package io.coppice.supervisor.plan;

/**
 * One thing a child waits for before it starts.
 *
 * @param name the child waited for
 * @param condition what that child must have reached
 * @param restart when that child dies, is stopped or restarted, this one is ended, and started again when the condition holds
 */
public record Dependency(String name, Condition condition, boolean restart) {
    /** The child goes on whatever becomes of the one that it waited for. */
    public Dependency(String name, Condition condition) {
        this(name, condition, false);
    }

    public Dependency {
        PlanBounds.requireChildName("dependency", name);
        PlanBounds.require(
                !SlotName.isSlot(name),
                () -> "dependency: nobody can wait for " + name + ", which runs only while its daemon has work for it");
    }

    /** How far the other child must be. {@link #text} is the word of the manifest and of the plan's text. */
    public enum Condition {
        /** Released: its process runs. */
        STARTED("started"),
        /** Its {@code start} has returned; a plain command is ready once released. */
        READY("ready"),
        /** It has ended with success. */
        COMPLETED("completed"),
        /** Ready, and well by its probes. */
        HEALTHY("healthy");

        private final String text;

        Condition(String text) {
            this.text = text;
        }

        /** The word that manifests and plans use. */
        public String text() {
            return text;
        }
    }
}
