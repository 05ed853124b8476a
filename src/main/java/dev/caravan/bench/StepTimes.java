package dev.caravan.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSendingEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSentEvent;
import org.apache.camel.support.EventNotifierSupport;

/** How long the routes called by a `direct:` endpoint take, those they call included. For one payload a thread. */
final class StepTimes extends EventNotifierSupport {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final String DIRECT = "direct://";

    private final ThreadLocal<Map<String, long[]>> begun = ThreadLocal.withInitial(HashMap::new);
    private final Map<String, LongAdder> nanos = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> processorNanos = new ConcurrentHashMap<>();

    @Override
    public void notify(CamelEvent event) {
        long[] now = {System.nanoTime(), THREADS.getCurrentThreadCpuTime()};
        if (event instanceof ExchangeSendingEvent sending) {
            begun.get().put(route(sending.getEndpoint()), now);
        } else if (event instanceof ExchangeSentEvent sent) {
            String route = route(sent.getEndpoint());
            long[] since = begun.get().remove(route);
            if (since == null) {
                // It has gone on in another thread.
                return;
            }
            sum(nanos, route).add(now[0] - since[0]);
            sum(processorNanos, route).add(now[1] - since[1]);
        }
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        return event instanceof ExchangeSendingEvent sending && isDirect(sending.getEndpoint())
                || event instanceof ExchangeSentEvent sent && isDirect(sent.getEndpoint());
    }

    void reset() {
        nanos.clear();
        processorNanos.clear();
    }

    /** Seconds since the last reset. */
    double seconds(String route) {
        return sum(nanos, route).sum() / 1e9;
    }

    /** Seconds of processor time of the threads that walk through the route. */
    double processorSeconds(String route) {
        return sum(processorNanos, route).sum() / 1e9;
    }

    private static LongAdder sum(Map<String, LongAdder> sums, String route) {
        return sums.computeIfAbsent(route, name -> new LongAdder());
    }

    private static boolean isDirect(Endpoint endpoint) {
        return endpoint.getEndpointUri().startsWith(DIRECT);
    }

    private static String route(Endpoint endpoint) {
        return endpoint.getEndpointUri().substring(DIRECT.length());
    }
}
