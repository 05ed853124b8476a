package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases of audit records, each by what it is. */
class CollectAuditedHostsFunctionTest extends SiteFunctionTestBase {
    private int records;

    @Test
    void everyChangeHoldsUntilTheNextAndADeletionBeginsNothing() {
        record("h1", "INSERT", "01", true, false);
        record("h1", "UPDATE", "15", true, true);
        record("h1", "UPDATE", "16", true, false);
        record("h1", "DELETE", "20", true, false);
        assertThat(candidates())
                .containsExactly(
                        "1|reservable_usable|01|15", "2|reservable_unusable|15|16", "3|reservable_usable|16|20");
    }

    @Test
    void anInsertionAndADeletionAreOneClosedSpanAndAnInsertionAloneAnOpenOne() {
        record("h1", "INSERT", "01", true, false);
        record("h1", "DELETE", "20", true, false);
        record("h2", "INSERT", "02", false, false);
        assertThat(candidates()).containsExactly("1|reservable_usable|01|20", "3|reservable_unusable|02|");
    }

    @Test
    void recordsOfSeveralHostsDoNotTouchAndTheirOrderDoesNotMatter() {
        record("h2", "UPDATE", "09", true, null);
        record("h1", "DELETE", "20", true, false);
        record("h2", "INSERT", "02", true, false);
        record("h1", "INSERT", "01", null, null);
        assertThat(candidates())
                .containsExactly("1|reservable_usable|09|", "3|reservable_usable|02|09", "4|reservable_unusable|01|20");
    }

    @Test
    void whatCannotBeUsedIsACountOfItsOwn() {
        insert("site", "name", "Testing");
        record("h1", "INSERT", "01", true, false);
        record("h1", "UPDATE", "03", true, true);
        record("h2", "INSERT", "02", true, false);
        database.jdbc()
                .queryForList(
                        "select caravan.build_timelines('" + SITE + "', '2024-01-01Z', '2024-01-05Z', '2024-01-05Z')");
        assertThat(database.rows(
                        "select count_type, string_agg(value::text, ',' order by \"timestamp\")"
                                + " from openstack.usage_timeline where site = ? group by 1 order by 1",
                        SITE))
                .containsExactly("reservable_unusable|0,0,1,1", "reservable_usable|1,2,1,1");
    }

    private void record(String host, String type, String day, Boolean reservable, Boolean disabled) {
        records++;
        insert(
                "openstack_audit_audit_blazar_computehosts",
                "audit_id",
                records,
                "id",
                host,
                "audit_event_type",
                type,
                "audit_changed_at",
                at(day),
                "hypervisor_hostname",
                "name of " + host,
                "reservable",
                reservable,
                "disabled",
                disabled,
                "vcpus",
                48);
    }

    private List<String> candidates() {
        database.jdbc().queryForList("select caravan.collect_audited_hosts('" + SITE + "')");
        return database.rows("select source_id, count_type, to_char(original_start at time zone 'UTC', 'DD'),"
                + " to_char(original_end at time zone 'UTC', 'DD') from openstack.span_candidate where site = '" + SITE
                + "' order by source_id");
    }
}
