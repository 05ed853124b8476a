package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import dev.caravan.database.DatabaseUnavailableException;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.PoisonPayloadException;
import dev.caravan.payload.TransferFailedException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.Processor;
import org.apache.camel.util.ObjectHelper;
import org.apache.kafka.common.KafkaException;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import software.amazon.awssdk.core.exception.SdkException;

/** Tells failures that pass by themselves from those that do not. */
@Component("failures")
public final class Failures implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private final CaravanSettings.Retry settings;

    public Failures(CaravanSettings settings) {
        this.settings = settings.retry();
    }

    /**
     * Whether a payload is tried once more here: both the tries and the time have bounds, so that whoever gave the payload
     * does not take this process for dead meanwhile. The wait before the try is part of the time.
     */
    public boolean mayBeTriedAgain(
            @Header(Exchange.REDELIVERY_COUNTER) int failures, @ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        // What failed before it was known what came is given back at once.
        return delivery != null
                && failures <= settings.attempts()
                && delivery.elapsed().toMillis() + settings.longestDelay(failures) < settings.totalTime();
    }

    /**
     * Whether the same payload can succeed later: the database was away, busy or out of resources, a lock was not had in
     * time, a partition was dropped meanwhile, a bucket or a broker did not answer, or local disk could not be written.
     */
    public boolean isTransient(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TransferFailedException
                    || cause instanceof FileSystemException
                    || cause instanceof DatabaseUnavailableException
                    || cause instanceof CannotGetJdbcConnectionException
                    || cause instanceof CannotCreateTransactionException
                    // A commit or rollback that failed says nothing of the payload; it hides what came before it.
                    || cause instanceof TransactionSystemException
                    || cause instanceof TransientDataAccessException
                    || cause instanceof SQLTransientConnectionException
                    || cause instanceof SdkException
                    || cause instanceof KafkaException) {
                return true;
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return isTransient(sql.getSQLState(), String.valueOf(sql.getMessage()));
            }
        }
        return false;
    }

    /** Whether trying again would be of no use. */
    public boolean isLasting(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
        return !isTransient(failure);
    }

    /** Called once an attempt, as soon as it failed. */
    @Override
    public void process(Exchange exchange) {
        Delivery delivery = exchange.getProperty(Delivery.PROPERTY, Delivery.class);
        LOG.warn(
                "{} cannot be loaded now: {}",
                delivery == null ? "what came by " + exchange.getFromRouteId() : delivery.origin(),
                messageOf(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)));
    }

    /**
     * Throws the failure of a transacted route once more, as a failure nobody has dealt with: the transaction's own error
     * handler marks what it rolled back as handled and beyond redelivery, and the caller's failure classes would pass it by.
     * What a member is refused for comes out of the split that read it, and is thrown without it.
     */
    public void throwAgain(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure, Exchange exchange)
            throws Exception {
        var marks = exchange.getExchangeExtension();
        marks.setFailureHandled(false);
        marks.setErrorHandlerHandled(null);
        marks.setRedeliveryExhausted(false);
        var poison = ObjectHelper.getException(PoisonPayloadException.class, failure);
        throw poison == null ? failure : poison;
    }

    /**
     * The innermost message: what wraps it only says where it was, unless it was written to be told. One line, since what was
     * sent may be quoted in it.
     */
    public static String messageOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null
                && !(root instanceof PoisonPayloadException)
                && !(root instanceof TransferFailedException)) {
            root = root.getCause();
        }
        String message = root instanceof PSQLException refused && refused.getServerErrorMessage() != null
                ? refused.getServerErrorMessage().getMessage()
                : root.getMessage();
        return message == null
                ? root.getClass().getSimpleName()
                : message.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", "?");
    }

    private static boolean isTransient(String state, String message) {
        return switch (state.substring(0, Math.min(2, state.length()))) {
            // connection, transaction rollback (deadlock, serialization), resources, operator intervention, system
            case "08", "40", "53", "57", "58" -> true;
            // lock not available
            case "55" -> state.equals("55P03");
            // the source was retired between finding and claiming: found anew, it is another one, or unknown
            case "CV" -> state.equals("CV004");
            // a month dropped between ensure_month and the rows, which go to its partition or through the table above
            // it
            case "42" -> state.equals("42P01");
            case "23" -> state.equals("23514") && message.contains("no partition of relation");
            default -> false;
        };
    }
}
