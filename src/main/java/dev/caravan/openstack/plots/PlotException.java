package dev.caravan.openstack.plots;

/** Plots cannot be made as they were asked for; the message is a line for a person. */
public final class PlotException extends RuntimeException {
    PlotException(String message) {
        super(message);
    }

    PlotException(String message, Throwable cause) {
        super(message, cause);
    }
}
