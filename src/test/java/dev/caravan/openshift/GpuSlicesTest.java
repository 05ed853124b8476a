package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuSlicesTest {
    private static final List<String> COLUMNS = List.of(
            "gpu_model_name",
            "gpu_vendor_name",
            "gpu_max_slices",
            "mig_instance_id",
            "mig_profile",
            "mig_strategy",
            "mig_slice_count",
            "mig_memory_capacity_mib");

    private final GpuSlices rule = new GpuSlices(COLUMNS::indexOf);
    private final Object[] row = {"NVIDIA A100", "nvidia0", null, "MIG-1", null, "mixed", null, null};

    @ParameterizedTest
    @CsvSource({
        "1g.5gb, 1, 5120",
        "7g.80gb, 7, 81920",
        "2G.10GB, 2, 10240",
        "3g.20GB, 3, 20480",
        "1g.5gb+me, 1, 5120",
        "' 1g.5gb ', 1, 5120"
    })
    void aProfileSaysItsSlicesAndItsMebibytes(String profile, int slices, double mebibytes) {
        set("mig_profile", profile);
        rule.apply(row);
        assertThat(get("mig_slice_count")).isEqualTo(slices);
        assertThat(get("mig_memory_capacity_mib")).isEqualTo(mebibytes);
        assertThat(get("gpu_max_slices")).isEqualTo(7);
        assertThat(get("mig_profile")).isEqualTo(profile);
        assertThat(get("mig_instance_id")).isEqualTo("MIG-1");
        assertThat(get("mig_strategy")).isEqualTo("mixed");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "   ", "1g5gb", "5gb", "1.5gb", "g.gb", "1g.gb", "-1g.5gb", "1g.5gbx", "99999g.5gb"})
    void anythingElseIsNoSlice(String profile) {
        set("mig_profile", profile);
        rule.apply(row);
        assertThat(get("mig_slice_count")).isNull();
        assertThat(get("mig_memory_capacity_mib")).isNull();
        assertThat(get("gpu_max_slices")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "NVIDIA A100-80GB-PCIe, 7",
        "Tesla A100, 7",
        "a100, 7",
        "NVIDIA A30, 4",
        "A30, 4",
        "NVIDIA H100 NVL, 7",
        "NVIDIA H200, 7",
        "NVIDIA B200, 7",
        "NVIDIA RTX PRO 6000 Blackwell Server Edition, 4",
        "NVIDIA-RTX-PRO-6000, 4",
        "RTX PRO 5000, 2"
    })
    void theModelSaysTheMostSlices(String model, int greatest) {
        set("gpu_model_name", model);
        set("mig_profile", "1g.5gb");
        rule.apply(row);
        assertThat(get("gpu_max_slices")).isEqualTo(greatest);
        assertThat(get("mig_slice_count")).isEqualTo(1);
    }

    @Test
    void theReportsOwnFigureWinsOverTheModel() {
        set("mig_profile", "1g.5gb");
        set("gpu_max_slices", 3);
        rule.apply(row);
        assertThat(get("gpu_max_slices")).isEqualTo(3);
    }

    @Test
    void theReportsOwnFigureServesAnUnknownModel() {
        set("gpu_model_name", "Unheard of");
        set("mig_profile", "1g.5gb");
        set("gpu_max_slices", 5);
        rule.apply(row);
        assertThat(get("mig_slice_count")).isEqualTo(1);
        assertThat(get("gpu_max_slices")).isEqualTo(5);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "NVIDIA T4", "AMD MI300"})
    void anUnknownModelIsAWholeGpu(String model) {
        set("gpu_model_name", model);
        set("mig_profile", "1g.5gb");
        rule.apply(row);
        assertThat(List.of(
                        "mig_profile", "mig_instance_id", "mig_strategy", "mig_slice_count", "mig_memory_capacity_mib"))
                .allSatisfy(column -> assertThat(get(column)).as(column).isNull());
        assertThat(get("gpu_max_slices")).isNull();
    }

    @Test
    void theVendorsDeviceNameIsMappedAndOthersStay() {
        set("gpu_vendor_name", "nvidia_com_gpu");
        rule.apply(row);
        assertThat(get("gpu_vendor_name")).isEqualTo("nvidia");
        set("gpu_vendor_name", "amd");
        rule.apply(row);
        assertThat(get("gpu_vendor_name")).isEqualTo("amd");
    }

    @ParameterizedTest
    @CsvSource({"NVIDIA-A100--80GB_PCIe, NVIDIA A100 80GB PCIe", "'  Tesla (T4) ', Tesla T4", "---, ''"})
    void runsOfOtherCharactersInAModelAreOneSpace(String model, String cleaned) {
        set("gpu_model_name", model);
        rule.apply(row);
        assertThat(get("gpu_model_name")).isEqualTo(cleaned);
    }

    @Test
    void nothingOfTheRowBeforeIsLeft() {
        set("mig_profile", "1g.5gb");
        rule.apply(row);
        set("mig_profile", null);
        rule.apply(row);
        assertThat(get("mig_slice_count")).isNull();
        assertThat(get("mig_memory_capacity_mib")).isNull();
    }

    private Object get(String column) {
        return row[COLUMNS.indexOf(column)];
    }

    private void set(String column, Object value) {
        row[COLUMNS.indexOf(column)] = value;
    }
}
