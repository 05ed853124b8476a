package dev.caravan;

import dev.caravan.database.DatabaseUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.catalina.util.NetMask;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;

/**
 * What an operator may set; units and defaults stand in config/application.yaml.
 *
 * @param retentionMonths months kept, the current one included; null for the profile's default
 * @param hourlyRetentionDays days of hourly rows kept, the current one included; null for as long as the summaries
 * @param spoolLimitBytes of all payloads this process has in the spool at once; 0 for no limit
 */
@ConfigurationProperties("caravan")
public record CaravanSettings(
        String profile,
        Database database,
        Demo demo,
        Integer retentionMonths,
        Integer hourlyRetentionDays,
        Purge purge,
        Path sourcesFile,
        Inbox inbox,
        Http http,
        Rbac rbac,
        Uploads uploads,
        Path spool,
        long spoolLimitBytes,
        Quarantine quarantine,
        Summaries summaries,
        Manifests manifests,
        Limits limits,
        Retry retry,
        Kafka kafka,
        S3 s3,
        Topics topics,
        Download download,
        Optimization optimization,
        Openstack openstack,
        Outbox outbox) {
    private static final int FEWEST_MONTHS = 3;
    private static final int MOST_MONTHS = 120;
    private static final int MONTHS_IN_PRODUCTION = 4;
    private static final int FEWEST_HOURLY_DAYS = 7;

    public CaravanSettings {
        if (retentionMonths != null && (retentionMonths < FEWEST_MONTHS || retentionMonths > MOST_MONTHS)) {
            throw new SettingException("CARAVAN_RETENTION_MONTHS (caravan.retention-months) is " + retentionMonths
                    + ": set it to " + FEWEST_MONTHS + " to " + MOST_MONTHS + " months, the current one included");
        }
        if (hourlyRetentionDays != null && hourlyRetentionDays < FEWEST_HOURLY_DAYS) {
            throw new SettingException("CARAVAN_HOURLY_RETENTION_DAYS (caravan.hourly-retention-days) is "
                    + hourlyRetentionDays + ": set it to " + FEWEST_HOURLY_DAYS
                    + " days or more, or to nothing to keep hourly rows as long as the summaries");
        }
        if (spoolLimitBytes != 0 && spoolLimitBytes < limits.payloadBytes()) {
            throw new SettingException(
                    "CARAVAN_SPOOL_LIMIT_BYTES (caravan.spool-limit-bytes) is " + spoolLimitBytes
                            + ", and a payload may have " + limits.payloadBytes()
                            + " bytes (caravan.limits.payload-bytes): raise the one, lower the other, or set it to 0 for no limit");
        }
        if (retry.totalTime() > kafka.maxPollInterval() / 2) {
            throw new SettingException("caravan.retry.total-time is " + retry.totalTime()
                    + " ms, more than half of caravan.kafka.max-poll-interval, " + kafka.maxPollInterval()
                    + " ms: lower the one or raise the other, so that a last try can end before Kafka gives the message"
                    + " to another replica");
        }
    }

    /** Months kept, the current one included. */
    public int monthsKept() {
        if (retentionMonths != null) {
            return retentionMonths;
        }
        return production() ? MONTHS_IN_PRODUCTION : MOST_MONTHS;
    }

    public boolean production() {
        return "production".equals(profile);
    }

    /** Whether right-sizing reports go to a bucket, and events about them to Kafka. */
    public boolean shipsOptimizationFiles() {
        return !kafka.brokers().isBlank()
                && !s3.endpoint().isBlank()
                && !optimization.bucket().isBlank();
    }

    /** Organisation that clusters nobody registered fall to; nothing in production, whatever is set. */
    public Optional<String> demoOrganisation() {
        return production() || demo.organisation().isBlank() ? Optional.empty() : Optional.of(demo.organisation());
    }

    /**
     * @param url a jdbc: address, empty when none is configured
     * @param loadWorkMem in PostgreSQL's units, for example 64MB
     */
    public record Database(
            String url,
            String username,
            String password,
            String passwordFile,
            String migrationUsername,
            String migrationPassword,
            String migrationPasswordFile,
            int poolSize,
            Duration connectTimeout,
            Duration statementTimeout,
            Duration lockWait,
            String loadWorkMem) {

        public String secret() {
            return CaravanSettings.secret(password, passwordFile, "CARAVAN_DATABASE_PASSWORD_FILE");
        }

        /** The role that owns the tables: its own, or the application's where none is set. */
        public String migrationRole() {
            return migrationUsername.isBlank() ? username : migrationUsername;
        }

        public String migrationSecret() {
            return migrationUsername.isBlank()
                    ? secret()
                    : CaravanSettings.secret(
                            migrationPassword, migrationPasswordFile, "CARAVAN_DATABASE_MIGRATION_PASSWORD_FILE");
        }
    }

    /**
     * For trying out: clusters that nobody registered are registered by themselves.
     *
     * @param organisation for this one; empty for no such thing
     * @param tagKeys label keys it starts with
     * @param aliases by cluster id; a cluster without one is called by the first characters of its id
     */
    public record Demo(String organisation, List<String> tagKeys, Map<String, String> aliases) {
        public Demo {
            aliases = aliases == null ? Map.of() : Map.copyOf(aliases);
        }
    }

    /** Times in milliseconds. */
    public record Inbox(Path directory, long pollInterval, long settleTime, long lockMaxAge, int filesPerPoll) {}

    /**
     * The front door; sizes in bytes, times in milliseconds.
     *
     * @param port null unless set; 0 for a free one
     * @param address to listen on; empty unless set
     * @param extraPorts that answer just the same
     * @param strict whether requests are answered exactly as the hosted service answers them
     * @param trustedNetworks whose {@code x-rh-identity} is believed, as addresses with a prefix length
     * @param requestsPerMinute of one organisation
     * @param commit this was built from
     */
    public record Http(
            Integer port,
            String address,
            List<Integer> extraPorts,
            boolean strict,
            List<String> trustedNetworks,
            int bodyBytes,
            long bodyTimeout,
            int requestsPerMinute,
            String commit,
            Token token) {
        /** What NetMask takes for an address; a name it would look up. */
        private static final Pattern NETWORK =
                Pattern.compile("(\\d+(\\.\\d+){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)/\\d{1,3}");

        public Http {
            trustedNetworks.forEach(Http::network);
            if (requestsPerMinute < 1) {
                throw new SettingException("caravan.http.requests-per-minute is " + requestsPerMinute
                        + ": set it to 1 or more requests of one organisation in a minute");
            }
        }

        /** The trusted networks, to compare addresses with. */
        public List<NetMask> networks() {
            return trustedNetworks.stream().map(Http::network).toList();
        }

        private static NetMask network(String text) {
            try {
                if (!NETWORK.matcher(text).matches()) {
                    throw new IllegalArgumentException(text);
                }
                return new NetMask(text);
            } catch (IllegalArgumentException e) {
                throw new SettingException(
                        "CARAVAN_HTTP_TRUSTED_NETWORKS (caravan.http.trusted-networks) names " + PrintableText.of(text)
                                + ", which is no network: set it to addresses with a prefix length, as in 10.128.0.0/14,fd00::/8");
            }
        }

        /**
         * Bearer tokens; times in milliseconds.
         *
         * @param jwksUrl where the keys are that sign them; empty when none are accepted
         * @param organisationClaim with the id of the organisation; dots lead into objects
         * @param accountClaim with the account number, likewise; empty for none
         * @param clockSkew by how much clocks may differ
         * @param caFile PEM file with the certificates to trust, empty for those of the Java installation
         */
        public record Token(
                String jwksUrl,
                String issuer,
                String audience,
                String organisationClaim,
                String accountClaim,
                long clockSkew,
                String caFile,
                long connectTimeout,
                long readTimeout) {
            public Token {
                if (!jwksUrl.isBlank()) {
                    if (!CaravanSettings.isHttp(jwksUrl)) {
                        throw new SettingException(
                                "CARAVAN_HTTP_JWKS_URL (caravan.http.token.jwks-url) is " + PrintableText.of(jwksUrl)
                                        + ": set it to an address as https://host/path, or to nothing");
                    }
                    require(issuer, "CARAVAN_HTTP_TOKEN_ISSUER (caravan.http.token.issuer)");
                    require(audience, "CARAVAN_HTTP_TOKEN_AUDIENCE (caravan.http.token.audience)");
                    require(
                            organisationClaim,
                            "CARAVAN_HTTP_TOKEN_ORGANISATION_CLAIM (caravan.http.token.organisation-claim)");
                }
            }

            public boolean accepted() {
                return !jwksUrl.isBlank();
            }

            private static void require(String value, String setting) {
                if (value.isBlank()) {
                    throw new SettingException("CARAVAN_HTTP_JWKS_URL is set and " + setting
                            + " is not: set it too, so that only tokens meant for Caravan are accepted");
                }
            }
        }
    }

    /**
     * The service that knows what a user may see; times in milliseconds.
     *
     * @param url its address; empty for none, and then everybody sees what there is of the organisation
     * @param caFile PEM file with the certificates to trust, empty for those of the Java installation
     * @param cacheTime how long an answer holds; 0 to ask each time
     */
    public record Rbac(String url, String caFile, long cacheTime, long connectTimeout, long readTimeout) {
        public Rbac {
            if (!url.isBlank() && !isHttp(url)) {
                throw new SettingException("CARAVAN_RBAC_URL (caravan.rbac.url) is " + PrintableText.of(url)
                        + ": set it to an address as http://rbac:8000, or to nothing");
            }
        }
    }

    /**
     * Payloads that come by HTTP; times in milliseconds, sizes in bytes.
     *
     * @param directory where they wait that go through no bucket
     * @param deniedOrganisations whose uploads are turned away
     * @param partBytes of what is sent to the bucket in one go
     * @param totalTimeout longest time for receiving one
     * @param addressLifetime how long an announced payload may be downloaded
     * @param remembered how long it can be asked what became of one
     */
    public record Uploads(
            Path directory,
            String bucket,
            Set<String> deniedOrganisations,
            long partBytes,
            long totalTimeout,
            Duration addressLifetime,
            Duration remembered) {}

    /**
     * Payloads that could not be loaded; sizes in bytes.
     *
     * @param bucket empty for none
     * @param directory empty for none
     * @param partBytes of what is sent to the bucket in one go
     * @param alertBytes of all payloads in quarantine together, from which on it is said
     * @param alertAge of the oldest payload in quarantine, from which on it is said
     * @param orphanAge of bytes that belong to no payload, from which on they are removed
     */
    public record Quarantine(
            String bucket, String directory, long partBytes, long alertBytes, Duration alertAge, Duration orphanAge) {}

    /** @param monthsPerRound months of clusters summarised again in one go */
    public record Summaries(int monthsPerRound) {}

    /**
     * @param incompleteAfter how long a manifest waits for its missing files
     * @param manifestsPerRound manifests declared incomplete in one go
     */
    public record Manifests(@DurationUnit(ChronoUnit.HOURS) Duration incompleteAfter, int manifestsPerRound) {
        public Manifests {
            if (incompleteAfter.isNegative()) {
                throw new SettingException("caravan.manifests.incomplete-after is " + incompleteAfter
                        + ": set it to how long a manifest waits for its missing files, for example 24h");
            }
        }
    }

    /** Bounds of a payload; sizes in bytes, {@code fieldCharacters} in characters, {@code files} names in one list. */
    public record Limits(
            long payloadBytes,
            long totalBytes,
            long memberBytes,
            int members,
            int compressionRatio,
            int manifestBytes,
            int files,
            int columns,
            int fieldCharacters,
            int labels,
            int rejectsKept) {}

    /** Times in milliseconds. */
    public record Retry(int attempts, long delay, long maximumDelay, double jitter, long totalTime) {
        /** The longest wait after so many failures of the same payload. */
        public long longestDelay(int failures) {
            // A delay doubles up to its maximum; more than 30 times it cannot.
            double doubled = delay * Math.pow(2, Math.min(30, failures - 1));
            return Math.round(Math.min(maximumDelay, doubled * (1 + jitter)));
        }
    }

    /**
     * Right-sizing.
     *
     * @param engine who computes recommendations
     * @param bucket that reports of payloads are put into for it; empty for none
     * @param addressLifetime how long they can be downloaded from there
     * @param namespaces whether reports of namespaces are read too
     * @param refreshInterval between two recommendations for a container, in whole hours
     * @param retention of metrics and of the history of recommendations
     * @param api what the lists over HTTP are bounded by
     */
    public record Optimization(
            Engine engine,
            String bucket,
            Duration addressLifetime,
            boolean namespaces,
            @DurationUnit(ChronoUnit.HOURS) Duration refreshInterval,
            @DurationUnit(ChronoUnit.DAYS) Duration retention,
            Api api,
            Kruize kruize) {
        /** The recommendations look back 15 days. */
        private static final int FEWEST_DAYS = 16;

        /** Who computes recommendations. */
        public enum Engine {
            POSTGRES,
            KRUIZE
        }

        public Optimization {
            if (retention.toDays() < FEWEST_DAYS) {
                throw new SettingException("CARAVAN_OPTIMIZATION_RETENTION (caravan.optimization.retention) is "
                        + retention.toDays() + " days: recommendations look back 15 days, set it to " + FEWEST_DAYS
                        + "d or more");
            }
            if (engine == Engine.KRUIZE && kruize.url().isBlank()) {
                throw new SettingException("caravan.optimization.engine is kruize and CARAVAN_KRUIZE_URL"
                        + " (caravan.optimization.kruize.url) is not set: set it to the address of the Kruize server, as"
                        + " http://kruize:8080, or take the engine postgres");
            }
        }

        /**
         * @param queryValues that one filter of a list may have
         * @param pageEntries of a list that one answer has at most
         * @param csvSets recommendation sets that one CSV has at most
         */
        public record Api(int queryValues, int pageEntries, int csvSets) {}

        /**
         * A Kruize server; times in milliseconds, timeouts of 0 or less being a second.
         *
         * @param url its address; empty for none
         * @param profile name of the performance profile
         * @param bulk intervals of a workload told in one go
         * @param answerBytes of the largest answer that is read
         * @param breakerFailures requests in a row that could not be asked, after which it is left alone
         * @param breakerPause for how long
         */
        public record Kruize(
                String url,
                String profile,
                double profileVersion,
                int bulk,
                int connectTimeout,
                int readTimeout,
                int answerBytes,
                int breakerFailures,
                long breakerPause) {
            private static final int LARGEST_BULK = 100;
            private static final int SECOND = 1000;

            public Kruize {
                if (!url.isBlank() && !isHttp(url)) {
                    throw new SettingException("CARAVAN_KRUIZE_URL (caravan.optimization.kruize.url) is "
                            + PrintableText.of(url) + ": set it to an address as http://host:port");
                }
                if (bulk < 1 || bulk > LARGEST_BULK) {
                    throw new SettingException("caravan.optimization.kruize.bulk is " + bulk + ": set it to 1 to "
                            + LARGEST_BULK + " intervals, which is what a Kruize server takes");
                }
                connectTimeout = atLeastSomething(connectTimeout);
                readTimeout = atLeastSomething(readTimeout);
            }

            /** No wait at all, or one without end, is not what anybody wants of a server. */
            private static int atLeastSomething(int timeout) {
                return timeout > 0 ? timeout : SECOND;
            }
        }
    }

    /**
     * Sites of OpenStack; times in milliseconds.
     *
     * @param sitesFile that lists them; need not exist
     * @param databaseUri of the site a command is about, in place of what the file says; empty for none
     * @param extractInterval between two readings of a site's database
     * @param fetchRows that are asked for in one go
     * @param timelines that are built of their tables
     * @param knownGaps what sites cannot know of earlier days
     */
    public record Openstack(
            Path sitesFile,
            String databaseUri,
            Duration extractInterval,
            int fetchRows,
            long connectTimeout,
            long readTimeout,
            Timelines timelines,
            List<KnownGap> knownGaps) {
        public Openstack {
            if (fetchRows < 1) {
                throw new SettingException("caravan.openstack.fetch-rows is " + fetchRows
                        + ": set it to 1 or more; with none, a whole table would be held in memory");
            }
            knownGaps = knownGaps == null ? List.of() : List.copyOf(knownGaps);
        }

        /**
         * @param firstDay of daily timelines, UTC
         * @param settleTime for which no further table must have come of a site
         */
        public record Timelines(LocalDate firstDay, long settleTime) {}

        /**
         * @param label as charts show it
         * @param before first day, UTC, from which on the counts are known
         * @param metrics kinds of counts it concerns, such as total
         */
        public record KnownGap(String label, LocalDate before, Set<String> metrics) {
            private static final Set<String> METRICS =
                    Set.of("total", "reservable", "committed", "occupied_reservation", "occupied_ondemand");

            public KnownGap {
                if (label == null || label.isBlank() || before == null || metrics == null || metrics.isEmpty()) {
                    throw new SettingException("caravan.openstack.known-gaps has an entry without label, before or"
                            + " metrics: give it all three, or take it out");
                }
                if (!METRICS.containsAll(metrics)) {
                    throw new SettingException("caravan.openstack.known-gaps names " + PrintableText.of("" + metrics)
                            + ": its metrics are total, reservable, committed, occupied_reservation and"
                            + " occupied_ondemand");
                }
            }
        }
    }

    /**
     * The brokers and how to prove who we are; what concerns one consumer only is read by its route.
     *
     * @param brokers host:port, comma-separated; empty when none are configured
     * @param caFile PEM file with the certificates to trust, empty for those of the Java installation
     * @param announcementBytes of the largest announcement that is read
     * @param maxPollInterval longest time for one announcement with all its tries, in milliseconds
     */
    public record Kafka(
            String brokers,
            String securityProtocol,
            String saslMechanism,
            String saslUsername,
            String saslPassword,
            String saslPasswordFile,
            String caFile,
            int announcementBytes,
            long maxPollInterval) {

        public String saslSecret() {
            return CaravanSettings.secret(saslPassword, saslPasswordFile, "CARAVAN_KAFKA_SASL_PASSWORD_FILE");
        }
    }

    /**
     * An S3 API; times in milliseconds.
     *
     * @param endpoint its address, empty when none is configured
     * @param caFile PEM file with the certificates to trust, empty for those of the Java installation
     * @param intakeBucket where payloads to be loaded are put, empty for nowhere
     */
    public record S3(
            String endpoint,
            String region,
            String accessKey,
            String secretKey,
            String secretKeyFile,
            String caFile,
            String intakeBucket,
            int objectsPerPoll,
            long connectTimeout,
            long readTimeout) {

        public String secret() {
            return CaravanSettings.secret(secretKey, secretKeyFile, "CARAVAN_S3_SECRET_KEY_FILE");
        }
    }

    /**
     * @param announce topic whose messages carry the name of the service they are for in a header
     * @param upload topic whose messages are all for this service
     * @param validation topic of the replies
     * @param payloadStatus topic that says how far an upload is
     * @param sourceEvents topic that says which sources are gone
     * @param optimizationEvents topic that says which right-sizing reports are to be read
     */
    public record Topics(
            String announce,
            String upload,
            String validation,
            String payloadStatus,
            String sourceEvents,
            String optimizationEvents) {}

    /**
     * Downloads; times in milliseconds.
     *
     * @param hosts comma-separated: host:port, or an address as https://host[:port], which also fixes the scheme
     * @param patience how long a message is tried again whose download fails
     */
    public record Download(
            List<String> hosts, long connectTimeout, long readTimeout, long totalTimeout, long patience) {}

    /** Sending; times in milliseconds. */
    public record Outbox(int messagesPerRound, long retryDelay, long maximumRetryDelay) {}

    /** Removing what is too old, and sources; times in milliseconds. */
    public record Purge(int rowsPerStep, long lockWait, long lockPause) {}

    private static boolean isHttp(String url) {
        try {
            var uri = new URI(url);
            return uri.getHost() != null
                    && ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static String secret(String value, String file, String variable) {
        if (file.isBlank()) {
            return value;
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new DatabaseUnavailableException("cannot read the password file " + file + ": check " + variable, e);
        }
    }
}
