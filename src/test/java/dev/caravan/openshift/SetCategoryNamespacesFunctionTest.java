package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SetCategoryNamespacesFunctionTest extends FunctionTestBase {
    @Test
    void namespacesGoIntoACategoryMoveToAnotherAndLeave() {
        assertThat(set("Shared", "team-%", "tools")).isEqualTo("{team-%,tools}");
        assertThat(set("Shared", "tools")).as("in it already").isEqualTo("{}");
        assertThat(set("Platform", "tools")).isEqualTo("{tools}");
        assertThat(categories()).containsExactly("team-%|Shared", "tools|Platform");
        assertThat(set(null, "tools", "never-there")).isEqualTo("{tools}");
        assertThat(categories()).containsExactly("team-%|Shared");
    }

    @Test
    void emptyCategoryGoesButForTheFirstOne() {
        set("Shared", "tools");
        set(null, "tools");
        assertThat(database.rows("select name from reporting_ocp_cost_category"))
                .containsExactly("Platform");
    }

    @Test
    void whatEveryOrganisationBeginsWithStays() throws SQLException {
        assertThat(database.stateOf("select caravan.set_category_namespaces(null, array['tools', 'openshift-%'])"))
                .isEqualTo("CV012");
        assertThat(database.stateOf("select caravan.set_category_namespaces('Shared', array['kube-%'])"))
                .isEqualTo("CV012");
    }

    private String set(String category, String... patterns) {
        return database.text("select caravan.set_category_namespaces(?, ?)::text", category, patterns);
    }

    private List<String> categories() {
        return database.rows(
                "select n.namespace, c.name from reporting_ocp_cost_category_namespace n"
                        + " join reporting_ocp_cost_category c on c.id = n.cost_category_id where not n.system_default order by 1");
    }
}
