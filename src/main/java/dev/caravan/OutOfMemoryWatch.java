package dev.caravan;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.DefaultThreadPoolFactory;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Looks for a lack of memory where Camel would take it for a failure like any other: in the nodes of routes, before a failure
 * class sees it, and in its threads, whose failures nobody asks for; that of a Kafka consumer would just be gone.
 */
@Configuration(proxyBeanMethods = false)
class OutOfMemoryWatch {
    @Bean
    InterceptStrategy outOfMemoryInNodes() {
        return new Nodes();
    }

    @Bean
    DefaultThreadPoolFactory outOfMemoryInThreads() {
        return new Threads();
    }

    private static final class Nodes implements InterceptStrategy {
        @Override
        public Processor wrapProcessorInInterceptors(
                CamelContext context, NamedNode node, Processor target, Processor next) {
            return new DelegateAsyncProcessor(target) {
                @Override
                public boolean process(Exchange exchange, AsyncCallback callback) {
                    try {
                        return super.process(exchange, done -> {
                            OutOfMemory.endIfIn(exchange.getException());
                            callback.done(done);
                        });
                    } catch (OutOfMemoryError e) {
                        OutOfMemory.endIfIn(e);
                        throw e;
                    }
                }
            };
        }
    }

    private static final class Threads extends DefaultThreadPoolFactory {
        @Override
        public ExecutorService newCachedThreadPool(ThreadFactory threads) {
            return new Watched(super.newCachedThreadPool(threads));
        }

        @Override
        public ExecutorService newThreadPool(
                int least,
                int most,
                long keptAlive,
                TimeUnit unit,
                int queued,
                boolean leastMayEnd,
                RejectedExecutionHandler rejected,
                ThreadFactory threads) {
            return new Watched(
                    super.newThreadPool(least, most, keptAlive, unit, queued, leastMayEnd, rejected, threads));
        }
    }

    /** Tasks keep their failures for somebody to ask; a lack of memory is not kept. */
    private static final class Watched extends AbstractExecutorService {
        private final ExecutorService pool;

        Watched(ExecutorService pool) {
            this.pool = pool;
        }

        @Override
        protected <T> RunnableFuture<T> newTaskFor(Runnable work, T result) {
            return newTaskFor(() -> {
                work.run();
                return result;
            });
        }

        @Override
        protected <T> RunnableFuture<T> newTaskFor(Callable<T> work) {
            return new FutureTask<>(work) {
                @Override
                protected void setException(Throwable failure) {
                    OutOfMemory.endIfIn(failure);
                    super.setException(failure);
                }
            };
        }

        @Override
        public void execute(Runnable work) {
            pool.execute(work);
        }

        @Override
        public void shutdown() {
            pool.shutdown();
        }

        @Override
        public List<Runnable> shutdownNow() {
            return pool.shutdownNow();
        }

        @Override
        public boolean isShutdown() {
            return pool.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return pool.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return pool.awaitTermination(timeout, unit);
        }
    }
}
