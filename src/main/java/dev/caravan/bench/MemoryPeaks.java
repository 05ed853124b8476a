package dev.caravan.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import dev.caravan.bench.BenchReport.Memory;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** The most memory this process had since it was last asked to watch anew. */
final class MemoryPeaks {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path RESET = Path.of("/proc/self/clear_refs");

    private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();
    private final AtomicLong afterCollection = new AtomicLong();

    MemoryPeaks() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector).addNotificationListener(this::collected, null, null);
        }
    }

    void reset() {
        afterCollection.set(0);
        pools.forEach(MemoryPoolMXBean::resetPeakUsage);
        try {
            Files.writeString(RESET, "5");
        } catch (IOException e) {
            // Not Linux, or not allowed: then the peak is that of the process's whole life.
        }
    }

    Memory peaks() {
        long heap =
                pools.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
        long after = afterCollection.get();
        return new Memory(peakRss(), heap, after == 0 ? null : after);
    }

    private void collected(Notification notification, Object nothing) {
        var names = pools.stream().map(MemoryPoolMXBean::getName).collect(Collectors.toSet());
        long used = GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
                .getGcInfo()
                .getMemoryUsageAfterGc()
                .entrySet()
                .stream()
                .filter(pool -> names.contains(pool.getKey()))
                .mapToLong(pool -> pool.getValue().getUsed())
                .sum();
        afterCollection.accumulateAndGet(used, Math::max);
    }

    private static Long peakRss() {
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }
}
