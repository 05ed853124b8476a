package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;

class PreferHashingFunctionTest extends FunctionTestBase {
    private static final String SETTINGS = "select current_setting('enable_nestloop'), current_setting('enable_sort')";

    @Test
    void lastsAsLongAsTheTransaction() {
        assertThat(database.rows(SETTINGS)).containsExactly("on|on");
        database.jdbc().queryForList("select caravan.prefer_hashing()");
        assertThat(database.rows(SETTINGS)).containsExactly("off|off");
        database.rollBack();
        assertThat(database.rows(SETTINGS)).containsExactly("on|on");
    }
}
