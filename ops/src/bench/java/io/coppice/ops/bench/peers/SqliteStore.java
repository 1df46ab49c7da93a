package io.coppice.ops.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The state in SQLite: a table of eight integer columns, and one of keys and values. */
final class SqliteStore implements Store {
    private static final int CACHE_KIB = 256 << 10;

    private final Connection connection;
    private final PreparedStatement[] setField = new PreparedStatement[FIELDS_PER_ROW];
    private final PreparedStatement[] getField = new PreparedStatement[FIELDS_PER_ROW];
    private final PreparedStatement putEntry;
    private final PreparedStatement getEntry;
    private final int fields;

    SqliteStore(Path directory, Work work) throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("bench.db"));
        fields = work.fields();
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA synchronous=OFF");
            statement.execute("PRAGMA cache_size=-" + CACHE_KIB);
            statement.execute("CREATE TABLE IF NOT EXISTS field_rows (id INTEGER PRIMARY KEY, f0 INTEGER, f1 INTEGER,"
                    + " f2 INTEGER, f3 INTEGER, f4 INTEGER, f5 INTEGER, f6 INTEGER, f7 INTEGER)");
            statement.execute("CREATE TABLE IF NOT EXISTS map (k INTEGER PRIMARY KEY, v INTEGER)");
        }
        connection.setAutoCommit(false);
        for (int i = 0; i < FIELDS_PER_ROW; i++) {
            setField[i] = connection.prepareStatement("UPDATE field_rows SET f" + i + "=? WHERE id=?");
            getField[i] = connection.prepareStatement("SELECT f" + i + " FROM field_rows WHERE id=?");
        }
        putEntry = connection.prepareStatement("UPDATE map SET v=? WHERE k=?");
        getEntry = connection.prepareStatement("SELECT v FROM map WHERE k=?");
        if (isEmpty("field_rows") && isEmpty("map")) {
            load(work);
        }
        connection.commit();
    }

    @Override
    public void count(long value) {
        try {
            set(0, value);
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void setFields(long pick, int count, long value) {
        try {
            for (int i = 0; i < count; i++) {
                set(Work.field(pick + i, fields), value);
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void putEntries(long pick, int count, long value) {
        try {
            for (int i = 0; i < count; i++) {
                update(putEntry, value, Work.key(pick + i));
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long field(int field) {
        return number(getField[field % FIELDS_PER_ROW], field / FIELDS_PER_ROW);
    }

    @Override
    public long entry(long key) {
        return number(getEntry, key);
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private void set(int field, long value) throws SQLException {
        update(setField[field % FIELDS_PER_ROW], value, field / FIELDS_PER_ROW);
    }

    private static void update(PreparedStatement statement, long value, long key) throws SQLException {
        statement.setLong(1, value);
        statement.setLong(2, key);
        statement.executeUpdate();
    }

    private static long number(PreparedStatement statement, long key) {
        try {
            statement.setLong(1, key);
            try (ResultSet result = statement.executeQuery()) {
                if (!result.next()) {
                    throw new IllegalStateException("no row " + key);
                }
                return result.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isEmpty(String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT 1 FROM " + table + " LIMIT 1")) {
            return !result.next();
        }
    }

    private void load(Work work) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < " + work.rows()
                    + ") INSERT INTO field_rows SELECT i, 0, 0, 0, 0, 0, 0, 0, 0 FROM n WHERE i < " + work.rows());
            if (work.kind() == Work.Kind.MAP) {
                statement.execute("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < "
                        + Work.MAP_ENTRIES + ") INSERT INTO map SELECT i, 0 FROM n");
            }
        }
    }
}
