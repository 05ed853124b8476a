package dev.caravan.openstack;

/** A site's database did not hand out a table; what has been stored of it before stays. */
public final class SiteDatabaseException extends RuntimeException {
    private final transient ExtractionFailure failure;
    private final boolean unreachable;

    SiteDatabaseException(ExtractionFailure failure, Throwable cause) {
        this(failure, cause, false);
    }

    /** @param unreachable whether there was no connection, so that no other table will be had either */
    SiteDatabaseException(ExtractionFailure failure, Throwable cause, boolean unreachable) {
        super(failure.toString(), cause);
        this.failure = failure;
        this.unreachable = unreachable;
    }

    ExtractionFailure failure() {
        return failure;
    }

    boolean unreachable() {
        return unreachable;
    }
}
