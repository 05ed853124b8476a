package dev.caravan.openstack;

import dev.caravan.CaravanSettings;
import dev.caravan.SettingException;
import dev.caravan.ledger.Failures;
import dev.caravan.payload.CsvTable;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import dev.caravan.payload.PoisonPayloadException;
import dev.caravan.payload.TransferFailedException;
import dev.caravan.s3.BucketObjects;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Tables of sites that come as files: {@code <site>/<schema>.<table>.csv}, or {@code .csv.gz}. */
@Component("tableDumps")
public final class TableDumps {
    private static final Logger LOG = LoggerFactory.getLogger(TableDumps.class);
    private static final String NAME = "([^/]+\\.[^/]+)\\.csv(?:\\.gz)?";
    private static final Pattern FILE = Pattern.compile(NAME);
    private static final Pattern PATH = Pattern.compile("([^/]+)/" + NAME);

    private final SitesFile sites;
    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final CaravanSettings.Limits limits;

    TableDumps(SitesFile sites, JdbcTemplate database, TransactionTemplate transaction, CaravanSettings settings) {
        this.sites = sites;
        this.database = database;
        this.transaction = transaction;
        this.limits = settings.limits();
    }

    /** The name of the table that a file is of, going by the file's name; empty when it is no table's. */
    public static Optional<String> tableOf(Path file) {
        Matcher name = FILE.matcher(file.getFileName().toString());
        return name.matches() ? Optional.of(name.group(1)) : Optional.empty();
    }

    /** Whether an object of the intake bucket is a table and no payload. */
    public boolean isDump(@Body BucketObjects.Listed listed) {
        return PATH.matcher(listed.object().key()).matches();
    }

    /**
     * What a dropped file is to replace.
     *
     * @throws PoisonPayloadException {@code unknown-site} or {@code unknown-table}
     * @throws TransferFailedException when config/sites.yaml cannot be used
     */
    public TableImport dropped(
            @Header(Exchange.FILE_NAME) String relativePath,
            @Header("CamelFileAbsolutePath") String absolutePath,
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery)
            throws IOException {
        return find(relativePath, delivery, Path.of(absolutePath));
    }

    /**
     * What an object of the intake bucket is to replace, whose bytes are in the spool.
     *
     * @throws PoisonPayloadException {@code unknown-site} or {@code unknown-table}
     * @throws TransferFailedException when config/sites.yaml cannot be used
     */
    public TableImport object(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery) throws IOException {
        return find(delivery.object().key(), delivery, delivery.file().path());
    }

    /** The bytes of a table, closed with the exchange. */
    public InputStream open(@ExchangeProperty(TableImport.PROPERTY) TableImport replacement, Exchange exchange)
            throws IOException {
        replacement.beginReading();
        InputStream bytes = TableDumpStream.open(replacement.file(), limits);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                try {
                    bytes.close();
                } catch (IOException e) {
                    LOG.debug("{} is closed already: {}", replacement.origin(), e.getMessage());
                }
            }
        });
        return bytes;
    }

    /** The rows of a CSV. */
    public TextRows rows(@Body CsvTable table) {
        return new CsvRows(table);
    }

    /**
     * Notes that a file or an object is dealt with.
     *
     * @throws java.nio.file.FileSystemException when another file has taken its place meanwhile: it stays where it is
     */
    public void loaded(
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery,
            @ExchangeProperty(TableImport.PROPERTY) TableImport replacement)
            throws IOException {
        replacement.requireSameFile();
        move(delivery, "done");
        delivery.ended(Outcome.LOADED);
    }

    /** Puts aside what cannot be taken, and says why. */
    public void refuse(
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
        move(delivery, "failed");
        delivery.ended(Outcome.REFUSED);
        if (failure instanceof PoisonPayloadException) {
            LOG.warn(
                    "{} is not taken and goes to failed: {}; what was there before stays",
                    delivery.origin(),
                    Failures.messageOf(failure));
        } else {
            LOG.error("{} cannot be taken and goes to failed", delivery.origin(), failure);
        }
    }

    private TableImport find(String relativePath, Delivery delivery, Path file) throws IOException {
        Matcher path = PATH.matcher(relativePath);
        if (!path.matches()) {
            throw new PoisonPayloadException(
                    "unknown-table", "a table comes as <site>/<schema>.<table>.csv or .csv.gz");
        }
        Site site = find(path.group(1));
        SiteTable table = SiteTable.named(path.group(2))
                .orElseThrow(() -> new PoisonPayloadException(
                        "unknown-table", "its name is that of no table that is read; those are " + SiteTable.titles()));
        return new TableImport(site, table, delivery.origin(), file);
    }

    private Site find(String key) throws IOException {
        Site site;
        try {
            site = sites.read().get(key);
        } catch (SettingException e) {
            throw new TransferFailedException(e.getMessage(), e);
        }
        if (site == null) {
            throw new PoisonPayloadException(
                    "unknown-site",
                    (Site.isKey(key) ? "site " + key + " is not listed" : "its folder is no site")
                            + ": list the site in " + sites.path() + ", and hand the file in again below its key");
        }
        return site;
    }

    /** Carried out by deliver-outbox. */
    private void move(Delivery delivery, String folder) {
        if (delivery.object() == null) {
            return;
        }
        transaction.executeWithoutResult(status -> {
            database.queryForList("select set_config('search_path', 'caravan, pg_temp', true)");
            database.queryForList(
                    "select caravan.queue_move(?, ?, ?, ?, ?)",
                    delivery.file() == null ? null : delivery.file().sha256(),
                    delivery.object().bucket(),
                    delivery.object().key(),
                    delivery.object().etag(),
                    folder);
        });
    }
}
