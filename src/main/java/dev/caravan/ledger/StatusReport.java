package dev.caravan.ledger;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What came and what became of it: the ledgers of all organisations, summed up. */
@Component
public final class StatusReport {
    /** Gaps and incomplete days of a source that are listed; all are counted. */
    private static final int DAYS_LISTED = 10;

    private static final Ledger NOTHING = new Ledger(0, null, 0, 0, 0, 0, 0, null);

    private final JdbcTemplate database;
    private final BoundedTransaction transaction;
    private final Organisations organisations;
    private final SourceRegistry registry;
    private final QuarantineAlert alert;

    public StatusReport(
            JdbcTemplate database,
            BoundedTransaction transaction,
            Organisations organisations,
            SourceRegistry registry,
            QuarantineAlert alert) {
        this.database = database;
        this.transaction = transaction;
        this.organisations = organisations;
        this.registry = registry;
        this.alert = alert;
    }

    /**
     * The state of everything.
     *
     * @param quarantineAlerts what of the quarantine is beyond its limits, a line each
     * @param outboxUnsent replies and moves of payloads that reached no organisation, and source events
     */
    public record Status(
            List<OrganisationStatus> organisations,
            List<Quarantined> quarantine,
            List<String> quarantineAlerts,
            long outboxUnsent) {}

    /**
     * The state of an organisation.
     *
     * @param outboxUnsent replies, events and moves not carried out yet
     * @param daysToSummarize stored days of its sources marked to be summarised again
     */
    public record OrganisationStatus(
            String organisation, List<SourceStatus> sources, long outboxUnsent, long daysToSummarize) {}

    /**
     * The state of a source.
     *
     * @param gapDays UTC days between its first and its latest one that are not whole
     * @param gaps the newest of them
     * @param incompleteDays UTC days that a manifest declared incomplete fills, for any report type
     * @param incomplete the newest of them
     */
    public record SourceStatus(
            String alias,
            String clusterId,
            UUID sourceUuid,
            Ledger ledger,
            long gapDays,
            List<Gap> gaps,
            long incompleteDays,
            List<LocalDate> incomplete) {}

    /** A UTC day that was not delivered whole; hours of the day. */
    public record Gap(LocalDate day, int hoursSeen, int hoursExpected) {}

    /**
     * What the ledger says of a source.
     *
     * @param payloads payloads claimed
     * @param lastLoad when the last of them was claimed; null when none was
     * @param manifestsComplete manifests all of whose files came
     * @param manifestsWaiting manifests some of whose files are missing and waited for
     * @param manifestsIncomplete manifests declared incomplete whose missing files have not come since
     * @param filesMissing files missing of both
     * @param rowsRejected rows refused in files that were loaded
     * @param latestDay newest UTC day with a summary; null when there is none
     */
    public record Ledger(
            long payloads,
            OffsetDateTime lastLoad,
            long manifestsComplete,
            long manifestsWaiting,
            long manifestsIncomplete,
            long filesMissing,
            long rowsRejected,
            LocalDate latestDay) {}

    /**
     * Payloads in quarantine for one reason.
     *
     * @param bytes their compressed size
     */
    public record Quarantined(String reason, long payloads, long bytes) {}

    /** Reads each organisation in a short transaction of its own. */
    public Status read() {
        List<Organisation> all = transaction.call(organisations::list);
        return new Status(
                all.stream()
                        .map(organisation -> transaction.call(organisation, () -> read(organisation)))
                        .toList(),
                transaction.call(this::quarantine),
                transaction.call(alert::lines),
                transaction.call(() -> count("select count(*) from caravan.outbox where sent_at is null")));
    }

    private OrganisationStatus read(Organisation organisation) {
        Map<UUID, Ledger> ledgers = ledgers();
        Map<UUID, List<Gap>> gaps = gaps();
        Map<UUID, List<LocalDate>> incomplete = incompleteDays();
        return new OrganisationStatus(
                organisation.id(),
                registry.of(organisation.id()).stream()
                        .map(source -> new SourceStatus(
                                source.alias(),
                                source.clusterId(),
                                source.uuid(),
                                ledgers.getOrDefault(source.uuid(), NOTHING),
                                gaps.getOrDefault(source.uuid(), List.of()).size(),
                                gaps.getOrDefault(source.uuid(), List.of()).stream()
                                        .limit(DAYS_LISTED)
                                        .toList(),
                                incomplete
                                        .getOrDefault(source.uuid(), List.of())
                                        .size(),
                                incomplete.getOrDefault(source.uuid(), List.of()).stream()
                                        .limit(DAYS_LISTED)
                                        .toList()))
                        .toList(),
                count("select count(*) from outbox where sent_at is null"),
                count("select count(*) from summary_mark"));
    }

    private Map<UUID, List<Gap>> gaps() {
        Map<UUID, List<Gap>> gaps = new HashMap<>();
        database.query(
                """
                select source, usage_start, hours_seen, hours_expected
                from openshift_day_completeness
                where hours_seen < hours_expected
                    and not is_latest
                order by source, usage_start desc
                """,
                row -> {
                    gaps.computeIfAbsent(row.getObject(1, UUID.class), source -> new ArrayList<>())
                            .add(new Gap(row.getObject(2, LocalDate.class), row.getInt(3), row.getInt(4)));
                });
        return gaps;
    }

    private Map<UUID, List<LocalDate>> incompleteDays() {
        Map<UUID, List<LocalDate>> days = new HashMap<>();
        database.query(
                """
                select distinct source, usage_start
                from day_delivery
                where owns
                    and not complete
                order by source, usage_start desc
                """,
                row -> {
                    days.computeIfAbsent(row.getObject(1, UUID.class), source -> new ArrayList<>())
                            .add(row.getObject(2, LocalDate.class));
                });
        return days;
    }

    private Map<UUID, Ledger> ledgers() {
        Map<UUID, Ledger> ledgers = new HashMap<>();
        database.query(
                """
                with claimed as (
                    select source, count(*) as payloads, max(claimed_at) as last_load
                    from payload_claim
                    group by source
                ),
                delivered as (
                    select source, count(completed_at) as complete,
                        count(*) filter (where completed_at is null and declared_incomplete_at is null) as waiting,
                        count(*) filter (where completed_at is null and declared_incomplete_at is not null) as incomplete
                    from manifest
                    group by source
                ),
                missing as (
                    select m.source, count(*) as files
                    from manifest m
                    cross join unnest(m.files) as listed
                    left join manifest_file f
                        on f.source = m.source
                        and f.manifest_uuid = m.manifest_uuid
                        and f.name = listed
                        and f.completed_at is not null
                    where m.completed_at is null
                        and f.name is null
                    group by m.source
                ),
                refused as (
                    select source, sum(rows_rejected) as rejected
                    from manifest_file
                    group by source
                )
                select c.source, c.payloads, c.last_load, coalesce(d.complete, 0), coalesce(d.waiting, 0),
                    coalesce(d.incomplete, 0), coalesce(m.files, 0), coalesce(r.rejected, 0), latest.usage_start
                from claimed c
                left join delivered d
                    on d.source = c.source
                left join missing m
                    on m.source = c.source
                left join refused r
                    on r.source = c.source
                left join lateral (
                    select s.usage_start
                    from reporting_ocpusagelineitem_daily_summary s
                    where s.source_uuid = c.source
                    order by s.usage_start desc
                    limit 1
                ) latest
                    on true
                """,
                row -> {
                    ledgers.put(
                            row.getObject(1, UUID.class),
                            new Ledger(
                                    row.getLong(2),
                                    row.getObject(3, OffsetDateTime.class),
                                    row.getLong(4),
                                    row.getLong(5),
                                    row.getLong(6),
                                    row.getLong(7),
                                    row.getLong(8),
                                    row.getObject(9, LocalDate.class)));
                });
        return ledgers;
    }

    private List<Quarantined> quarantine() {
        return database.query(
                """
                select reason, count(*), coalesce(sum(size_bytes), 0)
                from caravan.quarantine
                where resolved_at is null
                group by reason
                order by reason
                """,
                (row, number) -> new Quarantined(row.getString(1), row.getLong(2), row.getLong(3)));
    }

    private long count(String question) {
        Long counted = database.queryForObject(question, Long.class);
        return counted == null ? 0 : counted;
    }
}
