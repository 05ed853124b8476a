package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarkDaysWithKeysFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";
    private static final String NEXT = "2025-11-04";

    @Test
    void daysThatHaveTheKeyAreMarkedForEverySource() {
        pod(DAY, "{\"app\": \"shop\"}");
        pod(NEXT, "{\"team\": \"core\"}");
        var other = database.addSource("cluster-2");
        daily(other, "pod_usage", NEXT, "node", "n", "namespace", "a", "pod", "p", "pod_labels", "{\"app\": \"x\"}");

        assertThat(mark(null, "app")).containsExactlyInAnyOrder(source + "|" + DAY, other + "|" + NEXT);
        assertThat(marks()).containsExactlyInAnyOrder(source + "|" + DAY, other + "|" + NEXT);
        assertThat(mark(null, "app", "team"))
                .as("a day marked before is among them")
                .containsExactlyInAnyOrder(source + "|" + DAY, source + "|" + NEXT, other + "|" + NEXT);
        assertThat(mark(NEXT, "app")).containsExactly(other + "|" + NEXT);
    }

    @Test
    void withAKeyComeThoseShownUnderItsName() {
        pod(DAY, "{\"env\": \"prod\"}");
        database.jdbc().queryForList("select caravan.set_tag_keys(array['env', 'environment'], true)");
        database.jdbc().queryForList("select caravan.map_tag_keys('environment', array['env'])");

        assertThat(mark(null, "environment")).containsExactly(source + "|" + DAY);
    }

    @Test
    void everyChangeOfTheRulesHasAVersion() {
        long before = version();
        mark(null, "never-met");
        mark(null, "never-met");
        assertThat(version()).isEqualTo(before + 2);
        assertThat(marks()).isEmpty();
    }

    private void pod(String day, String labels) {
        daily("pod_usage", day, "node", "n", "namespace", "a", "pod", "p", "pod_labels", labels);
    }

    private List<String> mark(String from, String... keys) {
        return database.rows("select * from caravan.mark_days_with_keys(?, ?::date)", keys, from);
    }

    private List<String> marks() {
        return database.rows("select source, usage_start from summary_mark");
    }

    private long version() {
        return Long.parseLong(database.text("select version from summary_rules"));
    }
}
