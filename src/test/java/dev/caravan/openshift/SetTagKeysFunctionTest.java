package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.database.FunctionTestBase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SetTagKeysFunctionTest extends FunctionTestBase {
    @BeforeEach
    void meetSomeKeys() {
        database.jdbc()
                .update("insert into reporting_enabledtagkeys (key, enabled) values ('on', true), ('off', false)");
    }

    @Test
    void keysAreEnabledWhetherOrNotTheyWereMetAndTheChangedOnesComeBack() {
        assertThat(set("{on,off,unheard_of,unheard_of}", true)).containsExactly("off", "unheard_of");
        assertThat(keys()).containsExactly("off|t|OCP", "on|t|OCP", "unheard_of|t|OCP");
        assertThat(set("{on,off}", true)).isEmpty();
    }

    @Test
    void onlyEnabledKeysAreDisabledAndNoneIsMade() {
        assertThat(set("{on,off,unheard_of}", false)).containsExactly("on");
        assertThat(keys()).containsExactly("off|f|OCP", "on|f|OCP");
        assertThat(set("{on}", false)).isEmpty();
    }

    @Test
    void keysOfOtherProvidersAreLeftAlone() {
        database.jdbc()
                .update(
                        "insert into reporting_enabledtagkeys (key, enabled, provider_type) values ('on', true, 'AWS')");
        set("{on}", false);
        assertThat(keys()).containsExactly("off|f|OCP", "on|f|OCP", "on|t|AWS");
    }

    @Test
    void noKeysAreNoChange() {
        assertThat(set("{}", true)).isEmpty();
        assertThat(set("{}", false)).isEmpty();
        assertThat(keys()).containsExactly("off|f|OCP", "on|t|OCP");
    }

    @Test
    void aSecondChangeOfTheOrganisationWaitsForTheFirst() throws Exception {
        set("{off}", true);
        try (Connection second = database.anotherSession();
                var statement = second.createStatement()) {
            statement.execute("set local lock_timeout = '100ms'");
            assertThat(catchThrowableOfType(
                                    SQLException.class,
                                    () -> statement.execute("select caravan.set_tag_keys('{other}', true)"))
                            .getSQLState())
                    .isEqualTo("55P03");
            second.rollback();
        }
    }

    private List<String> set(String keys, boolean enabled) {
        return database.rows("select unnest(caravan.set_tag_keys(?::text[], ?)) order by 1", keys, enabled);
    }

    private List<String> keys() {
        return database.rows("select key, enabled, provider_type from reporting_enabledtagkeys order by 1, 2");
    }
}
