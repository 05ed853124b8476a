package dev.caravan.payload;

import java.io.File;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.EventNotifier;
import org.apache.camel.support.EventNotifierSupport;

/**
 * Payloads on disk on their way through receive-given-file, loaded one after the other in the order they were added. While
 * the database summarises one, the next is received and checked already, where the spool has room for both.
 */
public final class PayloadLoads implements AutoCloseable {
    private static final int AT_ONCE = 2;

    private final ProducerTemplate producer;
    private final long room;
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    private final Queue<Load> waiting = new ArrayDeque<>();
    /** One thread takes from it, another may add. */
    private final Queue<Started> started = new ConcurrentLinkedQueue<>();

    private Turn turn = Turn.first();

    /** Once the rows of a payload are copied the database works alone: the time to receive the next. */
    private final EventNotifier copied = new EventNotifierSupport() {
        @Override
        public void notify(CamelEvent event) {
            receiveNext(AT_ONCE);
        }

        @Override
        public boolean isEnabled(CamelEvent event) {
            return event instanceof CamelEvent.ExchangeSendingEvent sending
                    && sending.getEndpoint().getEndpointUri().equals("direct://complete-manifest");
        }
    };

    private record Load(File file, Delivery delivery) {}

    private record Started(Load load, Turn turn, Future<Exchange> done) {}

    /** @param room bytes the spool may hold at once; 0 for no limit */
    public PayloadLoads(ProducerTemplate producer, long room) {
        this.producer = producer;
        this.room = room;
        producer.getCamelContext().getManagementStrategy().addEventNotifier(copied);
    }

    public void add(File file, Delivery delivery) {
        waiting.add(new Load(file, delivery));
    }

    /** Waits until the next payload is done with; its exchange holds the delivery, and the failure if it failed. */
    public Exchange next() throws InterruptedException {
        receiveNext(1);
        Started first = started.element();
        try {
            Exchange done = first.done.get();
            started.remove();
            first.turn.end(done.getException() == null);
            receiveNext(1);
            return done;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends what is under way: what was received and not loaded is left for another time. */
    @Override
    public void close() {
        producer.getCamelContext().getManagementStrategy().removeEventNotifier(copied);
        started.forEach(each -> each.turn.end(false));
        threads.shutdown();
    }

    private synchronized void receiveNext(int atOnce) {
        while (!waiting.isEmpty()
                && (started.isEmpty() || (started.size() < atOnce && fits(waiting.peek(), started.peek())))) {
            Load load = waiting.remove();
            Turn its = turn;
            started.add(new Started(load, its, threads.submit(() -> send(load, its))));
            turn = its.next();
        }
    }

    private boolean fits(Load one, Started other) {
        return room == 0 || one.file.length() + other.load.file.length() <= room;
    }

    private Exchange send(Load load, Turn its) {
        return producer.send("direct:receive-given-file", exchange -> {
            exchange.setProperty(Delivery.PROPERTY, load.delivery);
            exchange.setProperty(Turn.PROPERTY, its);
            exchange.getMessage().setBody(load.file);
        });
    }
}
