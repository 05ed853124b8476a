package dev.caravan.http;

import java.util.Set;

/**
 * What a user may see of what his organisation has.
 *
 * @param clusters ids; null for all
 * @param projects names; null for all
 */
public record Access(Set<String> clusters, Set<String> projects) {
    /** Property of the exchange. */
    public static final String PROPERTY = "access";

    public static final Access ALL = new Access(null, null);
}
