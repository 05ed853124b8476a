package dev.caravan.ledger;

import java.util.List;
import java.util.TreeSet;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Which label keys of an organisation reach the summaries, and under which name. Callers hold a transaction on its tables. */
@Component
public final class TagKeys {
    /** Enabled keys an organisation may have. */
    public static final int MOST = 200;

    private final JdbcTemplate database;

    public TagKeys(JdbcTemplate database) {
        this.database = database;
    }

    /**
     * A key met so far.
     *
     * @param shownAs the name it has in the summaries; null when it does not reach them
     */
    public record TagKey(String key, boolean enabled, String shownAs) {}

    /**
     * What a change did.
     *
     * @param changed keys that were not in that state before, sorted
     * @param enabled number of keys enabled now
     */
    public record Change(List<String> changed, int enabled) {}

    /**
     * Enables keys, known or not.
     *
     * @throws TooManyTagKeysException when more than {@link #MOST} would be enabled
     */
    public Change enable(List<String> keys) {
        Change change = set(keys, true);
        if (change.enabled() > MOST) {
            throw new TooManyTagKeysException(
                    change.enabled() + " label keys would be enabled, " + MOST + " at most may be: disable some first");
        }
        return change;
    }

    /** Disables keys; unknown ones stay unknown. */
    public Change disable(List<String> keys) {
        return set(keys, false);
    }

    /**
     * Has enabled keys stand under another enabled one's name.
     *
     * @param parent that name; null to show them under their own again
     * @return the keys whose name changed, sorted
     */
    public List<String> map(String parent, List<String> children) {
        return database.queryForList(
                "select unnest(caravan.map_tag_keys(?, ?))", String.class, parent, children.toArray(String[]::new));
    }

    public List<TagKey> list() {
        return database.query(
                """
                select k.key, k.enabled, case when k.enabled then coalesce(parent.key, k.key) end
                from reporting_enabledtagkeys k
                left join reporting_tagmapping m
                    on m.child_id = k.uuid
                left join reporting_enabledtagkeys parent
                    on parent.uuid = m.parent_id
                    and parent.enabled
                where k.provider_type = 'OCP'
                order by k.enabled desc, k.key collate "C"
                """,
                (row, number) -> new TagKey(row.getString(1), row.getBoolean(2), row.getString(3)));
    }

    private Change set(List<String> keys, boolean enabled) {
        List<String> changed = database.queryForList(
                "select unnest(caravan.set_tag_keys(?, ?))", String.class, keys.toArray(String[]::new), enabled);
        Integer count = database.queryForObject(
                "select count(*)::integer from reporting_enabledtagkeys where enabled and provider_type = 'OCP'",
                Integer.class);
        return new Change(List.copyOf(new TreeSet<>(changed)), count);
    }
}
