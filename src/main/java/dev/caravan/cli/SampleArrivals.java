package dev.caravan.cli;

import dev.caravan.Trial.Sample;
import dev.caravan.ledger.Source;
import dev.caravan.payload.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeCompletedEvent;
import org.apache.camel.spi.CamelEvent.ExchangeEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSendingEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSentEvent;
import org.apache.camel.support.EventNotifierSupport;

/** Notes which samples have come through the routes, and what became of them. */
final class SampleArrivals extends EventNotifierSupport {
    private static final long PAUSE_MILLIS = 100;

    private final Map<String, Sample> expected;
    private final Map<Sample, Arrival> arrived = new ConcurrentHashMap<>();

    SampleArrivals(Collection<Sample> expected) {
        this.expected = expected.stream().collect(Collectors.toMap(Sample::sha256, Function.identity()));
    }

    /**
     * What became of a sample.
     *
     * @param source null when none was found
     * @param milliseconds from the first byte to the commit
     * @param line all that for a person
     */
    record Arrival(
            Sample sample,
            Delivery.Outcome outcome,
            Source source,
            long rowsLoaded,
            long rowsRejected,
            int daysSummarized,
            long milliseconds,
            String line) {}

    @Override
    public void notify(CamelEvent event) {
        var delivery = ((ExchangeEvent) event).getExchange().getProperty(Delivery.PROPERTY, Delivery.class);
        if (delivery == null || delivery.file() == null) {
            return;
        }
        Sample sample = expected.get(delivery.file().sha256());
        if (sample != null && (isIngested(event) || delivery.outcome() == Delivery.Outcome.QUARANTINED)) {
            arrived.putIfAbsent(
                    sample,
                    new Arrival(
                            sample,
                            delivery.outcome(),
                            delivery.source(),
                            delivery.rowsLoaded(),
                            delivery.rowsRejected(),
                            delivery.daysSummarized(),
                            delivery.elapsed().toMillis(),
                            IngestSummary.line(
                                    sample.name() + " by " + sample.cameBy().title(), delivery)));
        }
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        // Camel says that something was sent only to those that want to hear of the sending too.
        return event instanceof ExchangeSendingEvent
                || event instanceof ExchangeSentEvent
                || event instanceof ExchangeCompletedEvent;
    }

    /** Every way in ends there; a failure is not the last word, since it may be tried again. */
    private static boolean isIngested(CamelEvent event) {
        return event instanceof ExchangeSentEvent sent
                && sent.getEndpoint().getEndpointUri().equals("direct://ingest-payload")
                && sent.getExchange().getException() == null;
    }

    /** Those that have come, in the order asked for. */
    List<Arrival> of(List<Sample> samples) {
        return samples.stream().map(arrived::get).filter(Objects::nonNull).toList();
    }

    /**
     * Waits until all of them have come, the time is over, or the process is asked to end.
     *
     * @param each called once for each, as it comes
     */
    void await(List<Sample> samples, Duration limit, CountDownLatch stopped, Consumer<Arrival> each)
            throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        var waiting = new ArrayList<>(samples);
        do {
            for (Arrival arrival : of(waiting)) {
                waiting.remove(arrival.sample());
                each.accept(arrival);
            }
        } while (!waiting.isEmpty() && System.nanoTime() < end && !stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    }
}
