package dev.caravan.payload;

import java.io.File;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/**
 * Payloads on disk on their way through receive-given-file, loaded one after the other in the order they were added. While
 * one is loaded the next is received and checked already, where the spool has room for both.
 */
public final class PayloadLoads implements AutoCloseable {
    private static final int AT_ONCE = 2;

    private final ProducerTemplate producer;
    private final long room;
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    private final Queue<Load> waiting = new ArrayDeque<>();
    private final Queue<Started> started = new ArrayDeque<>();
    private Turn turn = Turn.first();

    private record Load(File file, Delivery delivery) {}

    private record Started(Load load, Turn turn, Future<Exchange> done) {}

    /** @param room bytes the spool may hold at once; 0 for no limit */
    public PayloadLoads(ProducerTemplate producer, long room) {
        this.producer = producer;
        this.room = room;
    }

    public void add(File file, Delivery delivery) {
        waiting.add(new Load(file, delivery));
    }

    /** Waits until the next payload is done with; its exchange holds the delivery, and the failure if it failed. */
    public Exchange next() throws InterruptedException {
        start();
        Started first = started.remove();
        try {
            Exchange done = first.done.get();
            first.turn.end(done.getException() == null);
            start();
            return done;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends what is under way: what was received and not loaded is left for another time. */
    @Override
    public void close() {
        started.forEach(each -> each.turn.end(false));
        threads.shutdown();
    }

    private void start() {
        while (!waiting.isEmpty()
                && (started.isEmpty() || (started.size() < AT_ONCE && fits(waiting.peek(), started.peek())))) {
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
