package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MapTagKeysFunctionTest extends FunctionTestBase {
    @BeforeEach
    void addKeys() {
        database.jdbc()
                .update(
                        "insert into reporting_enabledtagkeys (key, enabled) values ('app', true), ('application', true),"
                                + " ('program', true), ('team', true), ('off', false)");
    }

    @Test
    void childrenGetTheirParentAndLoseItAgain() {
        assertThat(map("app", "program", "application")).isEqualTo("{application,program}");
        assertThat(mapped()).containsExactly("application|app", "program|app");
        assertThat(map("app", "program")).as("known already").isEqualTo("{}");
        assertThat(map("team", "program")).isEqualTo("{program}");
        assertThat(mapped()).containsExactly("application|app", "program|team");
        assertThat(map(null, "program", "off")).isEqualTo("{program}");
        assertThat(mapped()).containsExactly("application|app");
    }

    @Test
    void keysThatAreNotEnabledAreNotMapped() throws SQLException {
        assertThat(stateOf("app", "off")).isEqualTo("CV010");
        assertThat(stateOf("off", "app")).isEqualTo("CV010");
        assertThat(stateOf("app", "never-met")).isEqualTo("CV010");
        assertThat(mapped()).isEmpty();
    }

    @Test
    void mappingsAreOneDeep() throws SQLException {
        assertThat(stateOf("app", "app")).isEqualTo("CV011");
        map("app", "application");
        assertThat(stateOf("team", "app")).as("a parent").isEqualTo("CV011");
        assertThat(stateOf("application", "team")).as("a child").isEqualTo("CV011");
        assertThat(mapped()).containsExactly("application|app");
    }

    private String map(String parent, String... children) {
        return database.text("select caravan.map_tag_keys(?, ?)::text", parent, children);
    }

    private String stateOf(String parent, String... children) throws SQLException {
        return database.stateOf("select caravan.map_tag_keys(?, ?)", parent, children);
    }

    private List<String> mapped() {
        return database.rows("select c.key, p.key from reporting_tagmapping m"
                + " join reporting_enabledtagkeys c on c.uuid = m.child_id"
                + " join reporting_enabledtagkeys p on p.uuid = m.parent_id order by 1");
    }
}
