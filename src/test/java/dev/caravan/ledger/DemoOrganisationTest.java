package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.TestSettings;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DemoOrganisationTest {
    private static final String CLUSTER = "11111111-aaaa-4aaa-8aaa-000000000001";
    private static final Path PAYLOAD =
            Path.of("src/test/resources/samples/openshift/S1/payloads/00_20251104T000459_100000-cost-mgmt.tar.gz");

    private TestCaravan caravan;

    @BeforeEach
    void start() {
        caravan = TestCaravan.start(
                RouteApplication.INGEST, Map.of("caravan.demo.organisation", TestCaravan.ORGANISATION));
    }

    @AfterEach
    void stop() {
        caravan.close();
    }

    @Test
    void anUnknownClusterIsRegisteredByItsFirstPayloadAndLoaded() {
        assertThat(ingest(null).outcome()).isEqualTo(Outcome.LOADED);

        assertThat(caravan.bean(SourceRegistry.class).list())
                .singleElement()
                .satisfies(source -> assertThat(source.organisation()).isEqualTo(TestCaravan.ORGANISATION))
                .satisfies(source -> assertThat(source.alias()).isEqualTo("11111111"));
    }

    @Test
    void aPayloadThatNamesTheDemoOrganisationIsLoadedAndOneOfAnotherStaysUnknown() {
        Delivery other = ingest("7654321");
        assertThat(other.outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(other.reason()).isEqualTo("unknown-source");
        assertThat(caravan.bean(SourceRegistry.class).list()).isEmpty();

        assertThat(ingest(TestCaravan.ORGANISATION).outcome()).isEqualTo(Outcome.LOADED);
    }

    @Test
    void aClusterOfAnotherOrganisationStaysThere() {
        caravan.bean(SourceRegistry.class).add("7654321", CLUSTER, "theirs");

        assertThat(ingest(null).source().organisation()).isEqualTo("7654321");
    }

    @Test
    void aRetiredClusterStaysRetired() {
        caravan.addSource(CLUSTER, "gone");
        caravan.jdbc().update("update caravan.source set retired_at = now()");

        assertThat(ingest(null).reason()).isEqualTo("unknown-source");
    }

    @Test
    void keysAreEnabledOnceAndWhatIsDisabledStaysSo() {
        var demo = caravan.bean(DemoOrganisation.class);
        demo.prepare();
        assertThat(enabled()).containsExactly("app", "environment", "team", "zone");

        inDemo(() -> caravan.bean(TagKeys.class).disable(List.of("app", "environment", "team", "zone")));
        demo.prepare();

        assertThat(enabled()).isEmpty();
    }

    @Test
    void productionHasNone() {
        assertThat(TestSettings.with(Map.of("caravan.profile", "production", "caravan.demo.organisation", "1234567"))
                        .demoOrganisation())
                .isEmpty();
        assertThat(TestSettings.with(Map.of()).demoOrganisation()).isEmpty();
    }

    private Delivery ingest(String organisation) {
        return caravan.ingest(new Delivery("test", organisation, "request-1", false), PAYLOAD);
    }

    private List<String> enabled() {
        return inDemo(() -> caravan.bean(TagKeys.class).list()).stream()
                .filter(TagKeys.TagKey::enabled)
                .map(TagKeys.TagKey::key)
                .toList();
    }

    private <T> T inDemo(Supplier<T> work) {
        return caravan.bean(BoundedTransaction.class)
                .call(new Organisation(TestCaravan.ORGANISATION, TestCaravan.SCHEMA), work);
    }
}
