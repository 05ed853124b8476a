package dev.caravan.openshift;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** One Caravan for the tests of a class; the usual keys are enabled before each. */
abstract class ScenarioTestBase {
    protected static Scenario scenario;

    @BeforeAll
    static void start(@TempDir Path directory) {
        scenario = new Scenario(directory);
    }

    @AfterAll
    static void stop() {
        scenario.close();
    }

    @BeforeEach
    void enableKeys() {
        scenario.enable(Scenario.KEYS);
    }
}
