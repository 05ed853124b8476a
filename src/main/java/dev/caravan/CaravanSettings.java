package dev.caravan;

import dev.caravan.database.DatabaseUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What an operator may set; units and defaults stand in config/application.yaml.
 *
 * @param retentionMonths months kept, the current one included
 */
@ConfigurationProperties("caravan")
public record CaravanSettings(
        String profile,
        Database database,
        int retentionMonths,
        Path sourcesFile,
        Inbox inbox,
        Path spool,
        Path quarantine,
        Limits limits,
        Retry retry,
        Topics topics) {

    public boolean production() {
        return "production".equals(profile);
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
            return secret(password, passwordFile);
        }

        /** The role that owns the tables: its own, or the application's where none is set. */
        public String migrationRole() {
            return migrationUsername.isBlank() ? username : migrationUsername;
        }

        public String migrationSecret() {
            return migrationUsername.isBlank() ? secret() : secret(migrationPassword, migrationPasswordFile);
        }

        private static String secret(String value, String file) {
            if (file.isBlank()) {
                return value;
            }
            try {
                return Files.readString(Path.of(file)).strip();
            } catch (IOException e) {
                throw new DatabaseUnavailableException(
                        "cannot read the password file " + file + ": check CARAVAN_DATABASE_PASSWORD_FILE", e);
            }
        }
    }

    /** Times in milliseconds. */
    public record Inbox(Path directory, long pollInterval, long settleTime, long lockMaxAge, int filesPerPoll) {}

    /** Bounds of a payload; sizes in bytes, {@code fieldCharacters} in characters. */
    public record Limits(
            long payloadBytes,
            long totalBytes,
            long memberBytes,
            int members,
            int compressionRatio,
            int manifestBytes,
            int columns,
            int fieldCharacters,
            int rejectsKept) {}

    /** Delays in milliseconds. */
    public record Retry(int attempts, long delay, long maximumDelay) {}

    public record Topics(String validation) {}
}
