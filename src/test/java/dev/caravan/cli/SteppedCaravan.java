package dev.caravan.cli;

import dev.caravan.Caravan;
import dev.caravan.openshift.ReportRows;
import dev.caravan.pgcopy.RowSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Ordered;
import org.apache.camel.Processor;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Caravan as it is, but for a name that each step has and a standard input that says at which one nothing goes on.
 *
 * <p>A step is any node of a route before it runs, a row before it is copied, a commit before and after it happened, and the
 * end of an exchange. The lines of standard input: {@code record} forgets the steps counted so far, {@code tell} prints
 * them, {@code stop NAME N} stops every step of the process when that one is reached for the Nth time from then on, {@code
 * exhaust NAME N} asks there for more memory than there is, {@code exhaust-thread} in a thread of its own, {@code
 * exhaust-task} in one of Camel's. Where the input ends, the process does.
 */
public final class SteppedCaravan {
    static final String STOPPED = "stopped before ";
    static final String STEP = "step ";
    static final String TOLD = "these were the steps";

    static final String MESSAGES = "kafka/messages";

    private static final String END = "SteppedCaravanEnd";
    private static final Object LOCK = new Object();
    private static final ThreadLocal<String> LAST = ThreadLocal.withInitial(() -> "none");
    private static final Map<String, Integer> COUNTS = new TreeMap<>();
    private static volatile CamelContext camel;
    private static String wanted = "";
    private static int times;
    private static boolean exhausts;
    private static boolean stopped;

    private SteppedCaravan() {}

    public static void main(String[] arguments) {
        var orders = new Thread(SteppedCaravan::obey, "orders");
        orders.setDaemon(true);
        orders.start();
        System.setProperty("spring.main.sources", Hooks.class.getName());
        System.setProperty("camel.component.kafka.configuration.interceptor-classes", Messages.class.getName());
        Caravan.main(arguments);
    }

    private static void obey() {
        try (var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                obey(line.split(" "));
            }
        } catch (IOException e) {
            // As good as the end.
        }
        Runtime.getRuntime().halt(1);
    }

    private static void obey(String[] order) {
        synchronized (LOCK) {
            switch (order[0]) {
                case "record" -> COUNTS.clear();
                case "tell" -> {
                    COUNTS.forEach((name, count) -> System.out.println(STEP + name + " " + count));
                    System.out.println(TOLD);
                }
                case "exhaust-thread" -> new Thread(SteppedCaravan::exhaust, "exhausted").start();
                case "exhaust-task" ->
                    camel.getExecutorServiceManager()
                            .newSingleThreadExecutor(LOCK, "exhausted")
                            .submit(SteppedCaravan::exhaust);
                default -> {
                    exhausts = order[0].equals("exhaust");
                    wanted = order[1];
                    times = Integer.parseInt(order[2]);
                }
            }
        }
    }

    private static void reach(String name) {
        boolean exhausting;
        synchronized (LOCK) {
            COUNTS.merge(name, 1, Integer::sum);
            boolean here = name.equals(wanted) && --times == 0;
            exhausting = here && exhausts;
            if (here && !exhausts) {
                stopped = true;
                System.out.println(STOPPED + name);
            }
            while (stopped) {
                try {
                    LOCK.wait();
                } catch (InterruptedException e) {
                    // Nothing goes on, not even this.
                }
            }
        }
        if (exhausting) {
            exhaust();
        }
    }

    private static void exhaust() {
        System.out.println(new byte[Integer.MAX_VALUE - 8].length);
    }

    private static void reachNode(String name) {
        LAST.set(name);
        reach(name);
    }

    /** Rows that are steps too. */
    public record SteppedRows(ReportRows rows) implements RowSource {
        /** Asked for by the route. */
        public String stagingTable() {
            return rows.stagingTable();
        }

        @Override
        public List<String> columns() {
            return rows.columns();
        }

        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public Object[] next() {
            reach("stage-report/row");
            return rows.next();
        }
    }

    private static final class Nodes implements InterceptStrategy {
        @Override
        public Processor wrapProcessorInInterceptors(
                CamelContext context, NamedNode node, Processor target, Processor next) {
            camel = context;
            RouteDefinition route = ProcessorDefinitionHelper.getRoute(node);
            String name = (route == null ? "none" : route.getRouteId()) + "/" + node.getId();
            return new DelegateAsyncProcessor(target) {
                @Override
                public boolean process(Exchange exchange, AsyncCallback callback) {
                    End.after(exchange);
                    reachNode(name);
                    if (exchange.getMessage().getBody() instanceof ReportRows rows && name.endsWith("/to-copy-rows")) {
                        exchange.getMessage().setBody(new SteppedRows(rows));
                    }
                    return super.process(exchange, callback);
                }
            };
        }
    }

    /** Reached when everything that follows the last node has been done, such as the move of a file. */
    private record End(String name) implements Synchronization, Ordered {
        static void after(Exchange exchange) {
            if (exchange.getUnitOfWork() != null && exchange.getProperty(END) == null) {
                exchange.setProperty(END, true);
                exchange.getExchangeExtension().addOnCompletion(new End(exchange.getFromRouteId() + "/end"));
            }
        }

        @Override
        public int getOrder() {
            return Ordered.LOWEST;
        }

        @Override
        public void onComplete(Exchange exchange) {
            reachNode(name);
        }

        @Override
        public void onFailure(Exchange exchange) {
            reachNode(name);
        }
    }

    /** Reached by a consumer of Kafka that has received something, before a route sees it; producers want one too. */
    public static final class Messages
            implements ConsumerInterceptor<byte[], byte[]>, ProducerInterceptor<Object, Object> {
        @Override
        public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
            reach(MESSAGES);
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
            // Follows what is a step already.
        }

        @Override
        public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> message) {
            return message;
        }

        @Override
        public void onAcknowledgement(RecordMetadata message, Exception failure) {
            // Followed by a step of its own.
        }

        @Override
        public void configure(Map<String, ?> settings) {
            // There is nothing to be set.
        }

        @Override
        public void close() {
            // There is nothing to be closed.
        }
    }

    private static final class Commits implements TransactionExecutionListener, BeanPostProcessor {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            if (bean instanceof ConfigurableTransactionManager manager) {
                manager.addListener(this);
            }
            return bean;
        }

        @Override
        public void beforeCommit(TransactionExecution transaction) {
            reach(LAST.get() + ":commit");
        }

        @Override
        public void afterCommit(TransactionExecution transaction, Throwable failure) {
            reach(LAST.get() + ":committed");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Hooks {
        @Bean
        InterceptStrategy nodes() {
            return new Nodes();
        }

        @Bean
        static Commits commits() {
            return new Commits();
        }
    }
}
