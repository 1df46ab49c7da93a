package io.coppice.ops.bench.peers;

import java.nio.file.Path;
import java.util.Locale;
import org.lmdbjava.Env;
import org.lmdbjava.Meta;

/** Who does the work: each set up to survive the death of its process, and no more than that (no fsync). */
enum Product {
    COPPICE {
        @Override
        Store open(Path directory, Work work) throws Exception {
            return new CoppiceStore(directory, work);
        }

        @Override
        String described() {
            return "segment of its own, one commit each";
        }
    },
    LMDB {
        @Override
        Store open(Path directory, Work work) {
            return new LmdbStore(directory, work);
        }

        @Override
        String described() {
            return "LMDB " + Meta.version().major + "." + Meta.version().minor + "." + Meta.version().patch + ", lmdbjava "
                    + Versions.of("org.lmdbjava", "lmdbjava", Env.class)
                    + ": MDB_WRITEMAP, MDB_NOSYNC, MDB_NOMETASYNC, integer keys, checks off";
        }
    },
    MVSTORE {
        @Override
        Store open(Path directory, Work work) {
            return new MvStore(directory, work);
        }

        @Override
        String described() {
            return "H2 MVStore " + Versions.of("com.h2database", "h2", org.h2.mvstore.MVStore.class)
                    + ": autocommit off, commit without sync, no retention";
        }
    },
    SQLITE {
        @Override
        Store open(Path directory, Work work) throws Exception {
            return new SqliteStore(directory, work);
        }

        @Override
        String described() {
            return "SQLite, sqlite-jdbc " + Versions.of("org.xerial", "sqlite-jdbc", org.sqlite.JDBC.class)
                    + ": WAL, synchronous=OFF, prepared statements, one transaction";
        }
    };

    /** Creates the state of a work in a directory, or opens the one that is there. */
    abstract Store open(Path directory, Work work) throws Exception;

    abstract String described();

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
