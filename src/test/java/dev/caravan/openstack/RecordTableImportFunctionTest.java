package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.OrganisationDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordTableImportFunctionTest {
    private static final String RECORD =
            "select caravan.record_table_import('recorded', ?, ?, ?::timestamptz, 'file x', ?, ?, ?::jsonb)";

    private final OrganisationDatabase database = OrganisationDatabase.shared();

    @AfterEach
    void rollBack() {
        database.rollBack();
    }

    @Test
    void theLatestImportOfATableIsWhatIsKnownOfIt() {
        record(
                "Site",
                "nova.instances",
                "2024-01-02 00:00Z",
                5,
                2,
                "[{\"row_number\": 2, \"reason\": \"not-a-time\","
                        + " \"column_name\": \"created_at\"}, {\"row_number\": 7, \"reason\": \"other-number-of-fields\","
                        + " \"column_name\": null}]");
        record(
                null,
                "nova.compute_nodes",
                "2024-01-01 00:00Z",
                1,
                1,
                "[{\"row_number\": 1, \"reason\": \"not-a-number\"," + " \"column_name\": \"vcpus\"}]");
        assertThat(database.rows("select name, table_name, to_char(t.imported_at at time zone 'UTC', 'DD')"
                        + " from openstack.site join openstack.table_import t using (site) where site = 'recorded'"
                        + " order by 2"))
                .containsExactly("Site|nova.compute_nodes|01", "Site|nova.instances|02");
        assertThat(database.rows("select table_name, rows_read, rows_stored, rows_rejected, origin from"
                        + " openstack.table_import where site = 'recorded' order by 1"))
                .containsExactly("nova.compute_nodes|2|1|1|file x", "nova.instances|7|5|2|file x");

        record(null, "nova.instances", "2024-01-03 00:00Z", 9, 0, "[]");
        assertThat(database.rows(
                        "select table_name, row_number, reason, column_name from openstack.row_reject where site ="
                                + " 'recorded'"))
                .containsExactly("nova.compute_nodes|1|not-a-number|vcpus");
        assertThat(database.text("select name from openstack.site where site = 'recorded'"))
                .isEqualTo("Site");
    }

    @Test
    void anImportComesAfterWhatWasBuiltWhateverTheTimeIsWhereItCameFrom() {
        record("Site", "nova.instances", "2024-01-02 00:00Z", 0, 0, "[]");
        database.jdbc().update("update openstack.site set built_at = clock_timestamp() where site = 'recorded'");
        assertThat(database.count("openstack.site where site = 'recorded' and built_at > imported_at"))
                .isEqualTo(1);
        record("Site", "nova.instances", "2024-01-03 00:00Z", 0, 0, "[]");
        assertThat(database.count("openstack.site where site = 'recorded' and built_at < imported_at"))
                .isEqualTo(1);
    }

    @Test
    void aSiteOfNoNameIsCalledByItsKey() {
        record(null, "nova.instances", "2024-01-02 00:00Z", 0, 0, "[]");
        assertThat(database.text("select name from openstack.site where site = 'recorded'"))
                .isEqualTo("recorded");
    }

    private void record(String name, String table, String at, long stored, long rejected, String rejects) {
        database.rows(RECORD, name, table, at, stored, rejected, rejects);
    }
}
