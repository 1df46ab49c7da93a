package io.coppice.state.testing;

import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;
import org.opentest4j.TestAbortedException;

/**
 * Prints why a test did not run: the summary of a build only counts those. JUnit finds it for the tests of all modules by the file in
 * {@code META-INF/services}, so a test just assumes what it needs, and says it in the assumption's message.
 */
public final class ToldSkips implements TestWatcher {
    private static final String PREFIX = "Assumption failed: ";

    @Override
    public void testAborted(ExtensionContext context, Throwable cause) {
        System.out.println(line(context, reason(cause)));
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        System.out.println(line(context, reason.orElse("disabled, no reason given")));
    }

    private static String line(ExtensionContext context, String reason) {
        return "skipped: " + context.getTestClass().map(Class::getSimpleName).orElse("") + "."
                + context.getTestMethod().map(method -> method.getName()).orElse(context.getDisplayName()) + ": "
                + reason;
    }

    /** What the assumption said, without JUnit's words before it. */
    static String reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return cause instanceof TestAbortedException && message.startsWith(PREFIX)
                ? message.substring(PREFIX.length())
                : message;
    }
}
