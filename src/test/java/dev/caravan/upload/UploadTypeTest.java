package dev.caravan.upload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UploadTypeTest {
    @ParameterizedTest
    @CsvSource({
        "application/vnd.redhat.hccm.tar+tgz, tar",
        "application/vnd.redhat.hccm.filename+tgz, filename",
        "application/vnd.redhat.hccm.a-1; charset=binary, a-1"
    })
    void aNamedServiceAndCategoryAreReadInAnyMode(String type, String category) {
        for (boolean strict : new boolean[] {false, true}) {
            assertThat(UploadType.of(type, null, strict)).hasValueSatisfying(found -> {
                assertThat(found.service()).isEqualTo("hccm");
                assertThat(found.category()).isEqualTo(category);
                assertThat(found.contentType()).isEqualTo(type);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.redhat.advisor.collection+tgz",
                "application/vnd.redhat.hccm",
                "application/vnd.redhat.HCCM.tar",
                "text/plain",
                "application/json",
                ""
            })
    void whatIsOfNoServiceOfOursIsNothing(String type) {
        assertThat(UploadType.of(type, "a.zip", false)).isEmpty();
        assertThat(UploadType.of(type, "a.tar.gz", true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/octet-stream",
                "application/gzip; charset=binary",
                "application/x-gzip; charset=binary",
                "Application/GZIP"
            })
    void plainArchivesAreOursByTheirEndingUnlessStrict(String type) {
        assertThat(UploadType.of(type, "COST.TAR.GZ", false))
                .hasValueSatisfying(
                        found -> assertThat(found.contentType()).isEqualTo("application/vnd.redhat.hccm.tar+tgz"));
        assertThat(UploadType.of(type, "cost.tar.gz", true)).isEmpty();
        assertThat(UploadType.of(type, "cost.gz", false)).isEmpty();
        assertThat(UploadType.of(type, null, false)).isEmpty();
    }

    @Test
    void aTypeOfAnyLengthIsNotKept() {
        assertThat(UploadType.of("application/vnd.redhat.hccm." + "a".repeat(300), null, false))
                .isEmpty();
    }
}
