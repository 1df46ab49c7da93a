package io.coppice.ops.view;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What users are called, for people. Each number is looked up once; where nobody knows a name, or can tell, it stays a number. Blocks. One thread. */
public final class UserNames {
    private final Accounts accounts = new Accounts(Path.of("getent"));
    private final Map<Long, String> known = new HashMap<>();

    /** A name, or {@code user 1000}. */
    public String of(long uid) {
        return known.computeIfAbsent(uid, this::lookUp);
    }

    private String lookUp(long uid) {
        String number = "user " + uid;
        try {
            Accounts.User user = accounts.user(String.valueOf(uid));
            // One whose name is a number, too, would only confuse.
            return user == null || user.uid() != uid ? number : Printable.of(user.name());
        } catch (IOException e) {
            return number; // no getent here
        }
    }
}
