package io.coppice.supervisor.os;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Which files a process may use and how: all that is {@code handled} and that no rule allows is refused. A value; {@link Restriction}
 * puts it in force.
 *
 * <p>Landlock adds and never takes away: what a rule gives to a directory, no rule takes from a file beneath it. "Everything but this
 * directory" is therefore a rule for each sibling along the path. What is made later beside the siblings has no rule.
 *
 * @param handled rights that need a rule; the others are free everywhere
 * @param rules of one path each; two of one path add up
 * @param scopes in force
 */
public record LandlockRuleset(Set<LandlockRight> handled, List<Rule> rules, Set<LandlockScope> scopes) {
    /**
     * What is allowed at a path and beneath it.
     *
     * <p>A symbolic link in the last place is not followed: whoever may write beside it could aim it at what is to be kept from him. A
     * link needs no rule; what counts is the file that it leads to.
     *
     * @param path absolute
     * @param rights at least one, of the handled ones; what has no meaning for a file is left out if the path is one, so the same rights
     *     fit all siblings
     * @param optional whether nothing there, nothing that we may reach, or a symbolic link means no rule; else the launch fails
     */
    public record Rule(Path path, Set<LandlockRight> rights, boolean optional) {
        /** @throws IllegalArgumentException naming the component and what was expected */
        public Rule {
            rights = Set.copyOf(rights);
            if (!path.isAbsolute()) {
                throw new IllegalArgumentException("path: expected an absolute path, not '" + path + "'");
            }
            if (rights.isEmpty()) {
                throw new IllegalArgumentException("rights: expected at least one for " + path);
            }
        }

        /** What must be there. */
        public static Rule required(Path path, Set<LandlockRight> rights) {
            return new Rule(path, rights, false);
        }

        /** What may be missing, such as a sibling that was listed a moment ago. */
        public static Rule optional(Path path, Set<LandlockRight> rights) {
            return new Rule(path, rights, true);
        }
    }

    /** @throws IllegalArgumentException for a rule with a right that is not handled */
    public LandlockRuleset {
        handled = Set.copyOf(handled);
        rules = List.copyOf(rules);
        scopes = Set.copyOf(scopes);
        for (Rule rule : rules) {
            if (!handled.containsAll(rule.rights())) {
                throw new IllegalArgumentException("rules: " + rule.path() + ": expected rights among " + handled
                        + ", not " + rule.rights() + "; what is not handled is free everywhere");
            }
        }
    }

    /** Handles every right and has every scope. */
    public static LandlockRuleset strict(List<Rule> rules) {
        return new LandlockRuleset(LandlockRight.ALL, rules, LandlockScope.ALL);
    }
}
