package dev.caravan.ledger;

import java.util.UUID;

/**
 * A cluster that may send payloads.
 *
 * @param schema schema of its organisation
 */
public record Source(UUID uuid, String organisation, String schema, String clusterId, String alias) {
    /** The search_path under which the stored functions find this source's tables. */
    public String searchPath() {
        return schema + ", caravan, pg_temp";
    }
}
