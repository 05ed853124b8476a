package dev.caravan.openshift;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of a GPU and, for a MIG slice, its size, following Koku: a profile {@code 2g.10gb} is 2 slices and 10 * 1024 MiB;
 * the most slices a GPU can have is the report's own figure, else known by model. Where neither tells, all MIG columns are
 * cleared and the row counts as a whole GPU.
 */
final class GpuSlices implements RowRule {
    private static final Pattern PROFILE =
            Pattern.compile("(\\d{1,3})g\\.(\\d{1,6})gb(\\+.*)?", Pattern.CASE_INSENSITIVE);
    private static final Map<String, Integer> SLICES_BY_MODEL = new TreeMap<>(
            Map.of("A30", 4, "A100", 7, "H100", 7, "H200", 7, "B200", 7, "RTX PRO 6000", 4, "RTX PRO 5000", 2));

    private final int vendor;
    private final int model;
    private final int profile;
    private final int instance;
    private final int strategy;
    private final int slices;
    private final int memory;
    private final int greatestSlices;

    GpuSlices(ToIntFunction<String> position) {
        vendor = position.applyAsInt("gpu_vendor_name");
        model = position.applyAsInt("gpu_model_name");
        profile = position.applyAsInt("mig_profile");
        instance = position.applyAsInt("mig_instance_id");
        strategy = position.applyAsInt("mig_strategy");
        slices = position.applyAsInt("mig_slice_count");
        memory = position.applyAsInt("mig_memory_capacity_mib");
        greatestSlices = position.applyAsInt("gpu_max_slices");
    }

    @Override
    public void apply(Object[] row) {
        if ("nvidia_com_gpu".equals(row[vendor])) {
            row[vendor] = "nvidia";
        }
        if (row[model] instanceof String name) {
            row[model] = name.replaceAll("[^\\p{Alnum}]+", " ").strip();
        }
        row[slices] = null;
        row[memory] = null;
        Matcher mig = row[profile] instanceof String text ? PROFILE.matcher(text.strip()) : null;
        if (mig == null || !mig.matches()) {
            return;
        }
        if (row[greatestSlices] == null) {
            row[greatestSlices] = slicesOf((String) row[model]);
        }
        if (row[greatestSlices] == null) {
            row[profile] = null;
            row[instance] = null;
            row[strategy] = null;
            return;
        }
        row[slices] = Integer.valueOf(mig.group(1));
        row[memory] = Double.parseDouble(mig.group(2)) * 1024;
    }

    private static Integer slicesOf(String model) {
        if (model == null) {
            return null;
        }
        String upper = model.toUpperCase(Locale.ROOT);
        Integer exact = SLICES_BY_MODEL.get(upper);
        if (exact != null) {
            return exact;
        }
        return SLICES_BY_MODEL.entrySet().stream()
                .filter(known -> upper.contains(known.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }
}
