package dev.caravan.cli;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.caravan.CaravanSettings;
import dev.caravan.CaravanSettings.Openstack.KnownGap;
import dev.caravan.ledger.BoundedTransaction;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the timeline of an OpenStack site. */
@Command(
        name = "timeline",
        mixinStandardHelpOptions = true,
        description =
                "Writes how much of a site's hosts there was in total, reservable, committed and occupied, in"
                        + " buckets of time. CSV and JSON are UTF-8, times are UTC. Known gaps are named in the JSON, and beside it.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan openstack timeline --site chi_uc --from 2016-01-01 --to 2025-12-31 --output chi_uc.csv",
            "  caravan openstack timeline --site chi_uc --from 2025-11-01 --to 2025-11-30 --bucket 6h --mode mean"
                    + " --resource all --format json"
        })
final class OpenstackTimeline implements Callable<Integer> {
    private static final long MOST_BUCKETS = 1_000_000;

    private final CommandEnvironment environment;

    @Option(names = "--site", required = true, paramLabel = "KEY", description = "Key of the site.")
    private String site;

    @Mixin
    private DayRange days;

    @Option(
            names = "--bucket",
            paramLabel = "LENGTH",
            defaultValue = "1d",
            converter = BucketConverter.class,
            description =
                    "Length of a bucket, for example 1d, 7d or 6h; none for every moment of change; 1d unless set.")
    private Duration bucket;

    /** How a bucket is told. */
    enum Mode {
        LAST,
        MEAN
    }

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "last",
            description =
                    "last, the count at the beginning of a bucket, or mean, weighted by time over the bucket since the"
                            + " first count there is; last unless set.")
    private Mode mode;

    /** What is counted. */
    enum Resource {
        NODES,
        VCPUS,
        VCPUS_OVERCOMMIT,
        MEMORY_MB,
        DISK_GB,
        ALL
    }

    @Option(
            names = "--resource",
            paramLabel = "RESOURCE",
            defaultValue = "nodes",
            description =
                    "nodes, vcpus (cores), vcpus_overcommit (virtual cores), memory_mb (MiB), disk_gb (GiB), or all"
                            + " with a column that says which; nodes unless set.")
    private Resource resource;

    /** How it is written. */
    enum Format {
        CSV,
        JSON
    }

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "csv",
            description = "csv or json; csv unless set.")
    private Format format;

    @Mixin
    private OutputOption output;

    /** What sites cannot know of the days asked for. */
    private List<KnownGap> gaps = List.of();

    OpenstackTimeline(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        OpenstackSites.key(site);
        days.check();
        output.check();
        if (mode == Mode.MEAN && bucket.isZero()) {
            throw new UsageException("--mode mean needs buckets: leave out --bucket none");
        }
        if (!bucket.isZero() && span().dividedBy(bucket) > MOST_BUCKETS) {
            throw new UsageException("there are more than " + MOST_BUCKETS
                    + " buckets between --from and --to: choose a longer --bucket or fewer days");
        }
        try (var beans = environment.open()) {
            checkBuilt(beans);
            gaps = beans.getBean(CaravanSettings.class).openstack().knownGaps().stream()
                    .filter(gap -> gap.before().isAfter(days.from()))
                    .toList();
            output.write(environment.terminal(), out -> write(beans, out));
            gaps.forEach(gap -> environment
                    .terminal()
                    .err()
                    .println("known gap: " + gap.label() + " (" + String.join(", ", new TreeSet<>(gap.metrics()))
                            + " before " + gap.before() + ")"));
            return 0;
        }
    }

    private Duration span() {
        return Duration.ofDays(days.from().until(days.to().plusDays(1), ChronoUnit.DAYS));
    }

    private void checkBuilt(ApplicationContext beans) {
        var database = beans.getBean(JdbcTemplate.class);
        List<Boolean> built = beans.getBean(BoundedTransaction.class)
                .call(() -> database.queryForList(
                        "select built_at is not null from openstack.site where site = ?", Boolean.class, site));
        if (built.isEmpty()) {
            throw new UsageException(
                    "site " + site + " has sent no tables yet: run `openstack import --site " + site + " PATH`");
        }
        if (!built.get(0)) {
            throw new UsageException("the timelines of site " + site
                    + " are not built yet: a running `run` does it soon, `openstack import` at its end");
        }
    }

    private long write(ApplicationContext beans, OutputStream out) throws Exception {
        try (var transaction = ReadTransaction.begin(beans, "caravan, pg_temp");
                var rows = new TimelineRows(
                        transaction.connection(),
                        site,
                        days.from().atStartOfDay().atOffset(ZoneOffset.UTC),
                        days.to().plusDays(1).atStartOfDay().atOffset(ZoneOffset.UTC),
                        bucket,
                        name(mode),
                        resource == Resource.ALL ? null : name(resource))) {
            if (format == Format.CSV) {
                CsvOutput.write(header(), cells(rows), out);
            } else {
                writeJson(rows, out);
            }
            return rows.count();
        }
    }

    private List<String> header() {
        return resource == Resource.ALL
                ? List.of("metric", "resource", "site", "collector_type", "timestamp", "value")
                : List.of("site", "timestamp", "collector_type", "count_type", "value");
    }

    private List<String> cells(TimelineRows.Row row) {
        String timestamp = row.timestamp().toString();
        String value = row.value() == null
                ? null
                : BigDecimal.valueOf(row.value()).stripTrailingZeros().toPlainString();
        return resource == Resource.ALL
                ? Arrays.asList(row.metric(), row.resource(), site, row.collectorType(), timestamp, value)
                : Arrays.asList(site, timestamp, row.collectorType(), row.metric(), value);
    }

    private Iterator<List<String>> cells(TimelineRows rows) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public List<String> next() {
                return cells(rows.next());
            }
        };
    }

    private void writeJson(TimelineRows rows, OutputStream out) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringField("site", site);
            json.writeStringField("from", days.from().toString());
            json.writeStringField("to", days.to().toString());
            if (!bucket.isZero()) {
                json.writeNumberField("bucket_seconds", bucket.toSeconds());
            }
            json.writeStringField("mode", name(mode));
            json.writeArrayFieldStart("known_gaps");
            for (KnownGap gap : gaps) {
                write(json, gap);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("usage");
            while (rows.hasNext()) {
                json.writeRaw('\n');
                write(json, rows.next());
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void write(JsonGenerator json, KnownGap gap) throws IOException {
        json.writeStartObject();
        json.writeStringField("label", gap.label());
        json.writeStringField("before", gap.before().toString());
        json.writeArrayFieldStart("metrics");
        for (String metric : new TreeSet<>(gap.metrics())) {
            json.writeString(metric);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(JsonGenerator json, TimelineRows.Row row) throws IOException {
        json.writeStartObject();
        json.writeStringField("timestamp", row.timestamp().toString());
        json.writeStringField("collector_type", row.collectorType());
        json.writeStringField(resource == Resource.ALL ? "metric" : "count_type", row.metric());
        if (resource == Resource.ALL) {
            json.writeStringField("resource", row.resource());
        }
        if (row.value() == null) {
            json.writeNullField("value");
        } else {
            json.writeNumberField("value", row.value());
        }
        json.writeEndObject();
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
