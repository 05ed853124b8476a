package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.caravan.database.OrganisationDatabase;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is built from random sites is what the naive implementation makes of them, and keeps the laws of any site. */
class SitePropertiesTest {
    private static final String SITE = "random";
    private static final int MANY_LINES = 20;
    private static final String OUTSIDE_PARENTS =
            """
            select c.count_type, c.source_id, c.starts, c.ends
            from openstack.span c
            left join openstack.blazar_reservations r
                on r.site = c.site
                and r.id = c.reservation_id
            where c.site = ?
                and c.hypervisor_hostname is not null
                and (
                    c.count_type in ('reservable', 'occupied_reservation')
                    or c.count_type = 'committed' and r.resource_type in ('physical:host', 'flavor:instance')
                )
                and not exists (
                    select
                    from openstack.span p
                    where p.site = c.site
                        and p.hypervisor_hostname = c.hypervisor_hostname
                        and p.starts <= c.starts
                        and coalesce(p.ends, 'infinity') >= coalesce(c.ends, 'infinity')
                        and case c.count_type
                            when 'reservable' then p.count_type = 'total'
                            when 'committed' then p.count_type = 'reservable' and p.blazar_host_id = c.blazar_host_id
                            else p.count_type = 'committed' and p.reservation_id = c.reservation_id
                        end
                )
            """;

    private static final String NOT_ONCE_ACCOUNTED =
            """
            select source_table, source_id, sum(came), sum(became)
            from (
                select 'nova.compute_nodes' as source_table, id as source_id, 1 as came, 0 as became
                from openstack.nova_compute_nodes where site = ?1
                union all select 'nova.instances', uuid, 1, 0 from openstack.nova_instances where site = ?1
                union all select 'blazar.computehosts', id, 1, 0 from openstack.blazar_computehosts where site = ?1
                union all select 'blazar.computehost_allocations', id, 1, 0
                from openstack.blazar_computehost_allocations where site = ?1
                union all select 'blazar.devices', id, 1, 0 from openstack.blazar_devices where site = ?1
                union all select 'blazar.leases', id, 1, 0 from openstack.blazar_leases where site = ?1
                union all select 'blazar.device_allocations', id, 1, 0
                from openstack.blazar_device_allocations where site = ?1
                union all select distinct source_table, source_id, 0, 1 from openstack.span where site = ?1
                union all select 'blazar.leases', lease_id, 0, 1 from openstack.lease_lead_time where site = ?1
                union all select source_table, source_id, 0, 1 from openstack.span_reject where site = ?1
            ) rows
            group by source_table, source_id
            having sum(came) <> 1 or sum(became) <> 1
            """
                    .replace("?1", "'" + SITE + "'");
    private static final String MORE_THAN_PARENTS =
            """
            select m.changed_at, k.child, c.nodes, p.nodes
            from (
                select distinct changed_at
                from openstack.usage_change
                where site = ?1
            ) m
            cross join (
                values ('total', 'reservable'), ('reservable', 'committed'), ('committed', 'occupied_reservation')
            ) k (parent, child)
            cross join lateral (
                select *
                from openstack.usage_change
                where site = ?1
                    and collector_type = 'current'
                    and count_type = k.child
                    and changed_at <= m.changed_at
                order by changed_at desc
                limit 1
            ) c
            left join lateral (
                select *
                from openstack.usage_change
                where site = ?1
                    and collector_type = 'current'
                    and count_type = k.parent
                    and changed_at <= m.changed_at
                order by changed_at desc
                limit 1
            ) p
                on true
            where least(c.nodes, c.vcpus, c.memory_mb, c.disk_gb) < -1e-9
                or c.nodes > coalesce(p.nodes, 0) + 1e-9
                or c.vcpus > coalesce(p.vcpus, 0) + 1e-9
                or c.memory_mb > coalesce(p.memory_mb, 0) + 1e-9
                or c.disk_gb > coalesce(p.disk_gb, 0) + 1e-9
            """
                    .replace("?1", "'" + SITE + "'");
    private static final String FACTS_THAT_DIFFER =
            """
            select f.quantity_type, f."timestamp", f.nodes, c.nodes
            from (
                select quantity_type, "timestamp",
                    sum(sum(value)) over (partition by quantity_type order by "timestamp") as nodes
                from openstack.fact
                where source like ?1 || '/%'
                group by quantity_type, "timestamp"
            ) f
            full join (
                select *
                from openstack.usage_change
                where site = ?1
                    and collector_type = 'current'
            ) c
                on c.count_type = f.quantity_type
                and c.changed_at = f."timestamp"
            where abs(f.nodes - c.nodes) < 1e-9 is not true
            """
                    .replace("?1", "'" + SITE + "'");

    private final OrganisationDatabase database = OrganisationDatabase.shared();

    @AfterEach
    void rollBack() {
        database.rollBack();
    }

    @Test
    void whatIsBuiltOfWellFormedSitesIsWhatTheNaiveImplementationMakesOfThem() {
        LongStream.rangeClosed(1, 30).forEach(this::compareWellFormed);
    }

    @Test
    void whatIsBuiltOfIllFormedSitesIsWhatTheNaiveImplementationMakesOfThem() {
        LongStream.rangeClosed(1, 90).forEach(seed -> compare(seed, RandomSite::illFormed));
    }

    @Test
    @Tag("soak")
    void moreSitesAreBuiltAlike() {
        LongStream.rangeClosed(1001, 2000).forEach(this::compareWellFormed);
        LongStream.rangeClosed(1001, 3000).forEach(seed -> compare(seed, RandomSite::illFormed));
    }

    @Test
    void noOrderOfRowsAndNoFurtherBuildChangesAnything() {
        for (long seed = 201; seed <= 210; seed++) {
            RawSite raw = RandomSite.illFormed(seed);
            var built = new BuiltSite(database.jdbc(), SITE);
            raw.store(database.jdbc(), SITE, 1);
            built.build();
            var once = built.rows();
            built.build();
            assertThat(built.rows()).as("built twice, seed " + seed).isEqualTo(once);
            raw.store(database.jdbc(), SITE, 2);
            built.build();
            assertThat(built.rows()).as("in another order, seed " + seed).isEqualTo(once);
        }
    }

    @Test
    void aSiteIsNotTouchedByTheBuildOfAnother() {
        var built = new BuiltSite(database.jdbc(), SITE);
        var other = new BuiltSite(database.jdbc(), "other");
        RandomSite.illFormed(301).store(database.jdbc(), SITE, 1);
        built.build();
        var before = built.rows();
        RawSite raw = RandomSite.illFormed(302);
        raw.store(database.jdbc(), "other", 1);
        other.build();

        assertThat(built.rows()).isEqualTo(before);
        assertThat(other.differences(raw)).isEmpty();
    }

    private void compareWellFormed(long seed) {
        compare(seed, RandomSite::wellFormed);
        assertThat(database.rows(MORE_THAN_PARENTS))
                .as("more than there is, seed " + seed)
                .isEmpty();
    }

    private void compare(long seed, LongFunction<RawSite> flavour) {
        RawSite raw = flavour.apply(seed);
        List<String> differences = differences(raw);
        if (!differences.isEmpty()) {
            RawSite smallest = smallest(raw);
            fail("seed %d: %s%nsmallest such site:%n%s%ndiffers in:%n%s"
                    .formatted(seed, differences.get(0), smallest, String.join("\n", few(differences(smallest)))));
        }
        assertThat(database.rows(OUTSIDE_PARENTS, SITE))
                .as("spans outside of what they need, seed " + seed)
                .isEmpty();
        assertThat(database.rows(NOT_ONCE_ACCOUNTED))
                .as("rows not accounted for once, seed " + seed)
                .isEmpty();
        assertThat(database.rows(FACTS_THAT_DIFFER))
                .as("facts that give other counts, seed " + seed)
                .isEmpty();
    }

    private List<String> differences(RawSite raw) {
        // What the site before left would have to be passed over again and again.
        database.rollBack();
        var built = new BuiltSite(database.jdbc(), SITE);
        raw.store(database.jdbc(), SITE, 1);
        built.build();
        return built.differences(raw);
    }

    private static List<String> few(List<String> lines) {
        return lines.size() <= MANY_LINES ? lines : lines.subList(0, MANY_LINES);
    }

    /** A site that differs still, and would not without any of its rows. */
    private RawSite smallest(RawSite raw) {
        return raw.withoutSomeRows().stream()
                .filter(smaller -> !differences(smaller).isEmpty())
                .findFirst()
                .map(this::smallest)
                .orElse(raw);
    }
}
