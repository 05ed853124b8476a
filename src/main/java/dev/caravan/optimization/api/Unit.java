package dev.caravan.optimization.api;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Units in which amounts are shown that are stored in cores and bytes. */
enum Unit {
    CORES("cores", "", cores -> cores.setScale(3, RoundingMode.DOWN)),
    MILLICORES("millicores", "m", cores -> cores.movePointRight(3).setScale(0, RoundingMode.HALF_UP)),
    BYTES("bytes", "bytes", bytes -> bytes),
    MIB("MiB", "Mi", bytes -> bytes.divide(BigDecimal.valueOf(1L << 20), 2, RoundingMode.DOWN)),
    GIB("GiB", "Gi", bytes -> bytes.divide(BigDecimal.valueOf(1L << 30), 2, RoundingMode.DOWN));

    static final List<Unit> CPU = List.of(CORES, MILLICORES);
    static final List<Unit> MEMORY = List.of(BYTES, MIB, GIB);

    private final String fullName;
    private final String suffix;
    private final UnaryOperator<BigDecimal> conversion;

    Unit(String fullName, String suffix, UnaryOperator<BigDecimal> conversion) {
        this.fullName = fullName;
        this.suffix = suffix;
        this.conversion = conversion;
    }

    static Optional<Unit> named(String name, List<Unit> units) {
        return units.stream().filter(unit -> unit.fullName.equals(name)).findFirst();
    }

    String fullName() {
        return fullName;
    }

    /** As Kubernetes writes it behind an amount. */
    String suffix() {
        return suffix;
    }

    /** @param stored cores or bytes */
    BigDecimal of(BigDecimal stored) {
        return conversion.apply(stored);
    }
}
