package dev.caravan.ledger;

/**
 * A tenant.
 *
 * @param schema the schema that holds its tables
 */
public record Organisation(String id, String schema) {
    /** The search_path under which statements and stored functions find this organisation's tables. */
    public String searchPath() {
        return schema + ", caravan, pg_temp";
    }
}
