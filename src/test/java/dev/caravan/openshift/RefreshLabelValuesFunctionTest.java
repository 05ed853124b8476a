package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RefreshLabelValuesFunctionTest extends UiSummaryFunctionTestBase {
    @BeforeEach
    void enableKeys() {
        database.jdbc()
                .update("insert into reporting_enabledtagkeys (key, enabled) values ('app', true), ('off', false)");
        database.insert(
                "reporting_ocp_clusters",
                row("cluster_id", "cluster-1", "cluster_alias", "alias", "provider_id", source));
    }

    @Test
    void valuesOfEnabledKeysAreListedByPeriodNamespaceAndNode() {
        labelled(DAY, "Pod", "a", "n", "{\"app\": \"x\", \"off\": \"1\"}");
        labelled(NEXT, "Pod", "a", "n", "{\"app\": \"y\"}");
        labelled(DAY, "Pod", "b", "n", "{\"app\": \"x\"}");
        labelled(DAY, "Storage", "a", null, "{\"app\": \"x\"}");
        refresh(DAY, NEXT);
        assertThat(database.rows(
                        "select key, values, namespace, node from reporting_ocpusagepodlabel_summary order by 3"))
                .containsExactly("app|{x,y}|a|n", "app|{x}|b|n");
        assertThat(database.rows("select key, values, namespace, node from reporting_ocpstoragevolumelabel_summary"))
                .containsExactly("app|{x}|a|");
        assertThat(
                        database.rows(
                                "select key, value, cluster_ids, cluster_aliases, namespaces, nodes from reporting_ocptags_values order by 2"))
                .containsExactly("app|x|{cluster-1}|{alias}|{a,b}|{n}", "app|y|{cluster-1}|{alias}|{a}|{n}");
        assertThat(database.count("(select uuid from reporting_ocpusagepodlabel_summary group by uuid) u"))
                .isEqualTo(2);
    }

    @Test
    void rowsWithoutANodeAreThereOnceHoweverOftenADayIsSummarised() {
        labelled(DAY, "Storage", "a", null, "{\"app\": \"x\"}");
        refresh(DAY);
        refresh(DAY);
        refresh(DAY);
        assertThat(stored()).containsExactly(DAY + "|Storage|app|x|a|{\"\"}");
        assertThat(database.count("reporting_ocpstoragevolumelabel_summary")).isOne();
    }

    @Test
    void otherDaysKeepTheirValues() {
        labelled(DAY, "Pod", "a", "n", "{\"app\": \"x\"}");
        labelled(NEXT, "Pod", "a", "n", "{\"app\": \"x\"}");
        refresh(DAY, NEXT);
        assertThat(stored()).containsExactly(DAY + "|Pod|app|x|a|{n}", NEXT + "|Pod|app|x|a|{n}");
        relabel(DAY, "{\"app\": \"z\"}");
        refresh(DAY);
        assertThat(stored()).containsExactly(DAY + "|Pod|app|z|a|{n}", NEXT + "|Pod|app|x|a|{n}");
        relabel(NEXT, "{}");
        refresh(NEXT);
        assertThat(stored()).containsExactly(DAY + "|Pod|app|z|a|{n}");
    }

    @Test
    void valuesThatNoIndexCouldHoldAreKept() {
        String value = "v".repeat(10_000);
        labelled(DAY, "Pod", "a", "n", "{\"app\": \"" + value + "\"}");
        refresh(DAY);
        refresh(DAY);
        assertThat(database.rows("select value from openshift_label_value")).containsExactly(value);
    }

    private void labelled(String day, String dataSource, String namespace, String node, String labels) {
        summary(day, dataSource, "namespace", namespace, "node", node, "all_labels", labels);
    }

    private void relabel(String day, String labels) {
        database.jdbc()
                .update(
                        "update reporting_ocpusagelineitem_daily_summary set all_labels = ?::jsonb where usage_start = ?::date",
                        labels,
                        day);
    }

    private List<String> stored() {
        return database.rows(
                "select usage_start, data_source, key, value, namespace, nodes from openshift_label_value order by 1, 4, 5");
    }

    private void refresh(String... days) {
        call("caravan.refresh_label_values(?, ?::date)", days);
    }
}
