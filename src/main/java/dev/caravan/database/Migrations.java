package dev.caravan.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.caravan.CaravanSettings;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The sets of Flyway migrations, each with its own history: the registry with all stored functions in schema
 * {@code caravan}, the right-sizing tables in schema {@code ros}, the tables of OpenStack sites in schema {@code openstack},
 * and the tables of each organisation in its own schema.
 *
 * <p>All run in the role that owns the tables. Organisation tables are made by top-level statements only, because a
 * distributed PostgreSQL distributes no others.
 */
@Component
public final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Pattern ORGANISATION = Pattern.compile("[a-z0-9_]{1,50}");

    private final DatabaseServer server;
    private final CaravanSettings settings;

    public Migrations(DatabaseServer server, CaravanSettings settings) {
        this.server = server;
        this.settings = settings;
    }

    /** Brings the shared schemas and that of every registered organisation up to date; returns the changes applied. */
    public int migrate() {
        try (HikariDataSource pool = server.migrationPool()) {
            int applied = migrateShared(pool);
            for (String schema : organisationSchemas(pool)) {
                applied += migrateOrganisation(pool, schema);
            }
            return applied;
        }
    }

    /**
     * Registers an organisation and makes its schema; nothing happens when it is there.
     *
     * @param organisation letters, digits and underscores, at most 50
     */
    public void createOrganisation(String organisation) {
        String schema = schemaOf(organisation);
        try (HikariDataSource pool = server.migrationPool()) {
            migrateShared(pool);
            migrateOrganisation(pool, schema);
            new JdbcTemplate(pool)
                    .update(
                            "insert into caravan.organisation (org_id, schema_name) values (?, ?)"
                                    + " on conflict (org_id) do nothing",
                            organisation,
                            schema);
        }
    }

    /** Whether any migration is waiting; an empty database has all of them waiting. */
    public boolean pending() {
        try (HikariDataSource pool = server.migrationPool()) {
            if (shared(pool).stream().anyMatch(flyway -> flyway.info().pending().length > 0)) {
                return true;
            }
            return organisationSchemas(pool).stream()
                    .anyMatch(schema -> organisation(pool, schema).info().pending().length > 0);
        }
    }

    /** Whether an organisation of that id can have a schema. */
    public static boolean isOrganisation(String id) {
        return ORGANISATION.matcher(id).matches();
    }

    private static String schemaOf(String organisation) {
        if (!isOrganisation(organisation)) {
            throw new IllegalArgumentException("organisation '" + organisation
                    + "' is not valid: use lower-case letters, digits and underscores, at most 50");
        }
        return "org" + organisation;
    }

    private List<String> organisationSchemas(HikariDataSource pool) {
        return new JdbcTemplate(pool)
                .queryForList("select schema_name from caravan.organisation order by schema_name", String.class);
    }

    private int migrateShared(HikariDataSource pool) {
        return shared(pool).stream()
                .mapToInt(flyway -> migrate(flyway, flyway.getConfiguration().getDefaultSchema()))
                .sum();
    }

    private int migrateOrganisation(HikariDataSource pool, String schema) {
        return migrate(organisation(pool, schema), schema);
    }

    private int migrate(Flyway flyway, String name) {
        try {
            int applied = flyway.migrate().migrationsExecuted;
            if (applied > 0) {
                LOG.info("migrated {}: {} changes", name, applied);
            }
            return applied;
        } catch (FlywayValidateException e) {
            throw new DatabaseUnavailableException(
                    "the migrations of " + name + " differ from those applied to this database (" + firstLine(e)
                            + "): it was made by another version of Caravan; run the version it belongs to",
                    e);
        } catch (FlywayException e) {
            throw new DatabaseUnavailableException(
                    "migrating " + name + " failed (" + firstLine(e) + "): check that role "
                            + settings.database().migrationRole()
                            + " may create schemas, or set CARAVAN_DATABASE_MIGRATION_USERNAME",
                    e);
        }
    }

    private List<Flyway> shared(HikariDataSource pool) {
        return List.of(
                flyway(pool, "caravan", "classpath:db/migration", "classpath:db/functions"),
                flyway(pool, "ros", "classpath:db/ros"),
                flyway(pool, "openstack", "classpath:db/openstack"));
    }

    private Flyway organisation(HikariDataSource pool, String schema) {
        return flyway(pool, schema, "classpath:db/organisation");
    }

    private Flyway flyway(HikariDataSource pool, String schema, String... locations) {
        return Flyway.configure()
                .dataSource(pool)
                .defaultSchema(schema)
                .schemas(schema)
                .createSchemas(true)
                .locations(locations)
                // A stored function that is no more was a repeatable migration, and its file is gone.
                .ignoreMigrationPatterns("repeatable:missing", "*:future")
                .placeholders(Map.of("applicationRole", settings.database().username()))
                .load();
    }

    private static String firstLine(Exception e) {
        return String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage())
                .lines()
                .findFirst()
                .orElse("");
    }
}
