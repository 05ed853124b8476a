package dev.caravan.payload;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.springframework.stereotype.Component;

/** Downloads what messages name, with patience for servers that are away, and not for ever. */
@Component
public final class Downloads {
    private final Downloader downloader;
    private final DownloadPatience patience;

    Downloads(Downloader downloader, DownloadPatience patience) {
        this.downloader = downloader;
        this.patience = patience;
    }

    /** Takes a body as it comes. */
    public interface Receiver {
        void receive(InputStream body) throws IOException;
    }

    /**
     * Downloads from one address; another try begins anew.
     *
     * @throws PoisonPayloadException what {@link Downloader} and the receiver refuse, or {@code download-timeout} when the
     *     server was given time enough
     * @throws DownloadRefusedException when the server does not hand it out
     * @throws TransferFailedException when the server or the spool is away
     */
    public void download(String address, Delivery delivery, Exchange exchange, Receiver receiver) throws IOException {
        Instant started = patience.now();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onComplete(Exchange settled) {
                patience.forget(delivery.origin());
            }
        });
        try (InputStream body = downloader.open(address)) {
            receiver.receive(body);
            patience.forget(delivery.origin());
        } catch (TransferFailedException e) {
            // The spool of this process may be at fault as well, and that is not held against a message.
            Throwable failure = e.getCause() == null ? e : e.getCause();
            if (failure instanceof DownloadFailedException failed) {
                patience.failed(delivery.origin(), started, failed);
            }
            throw e;
        }
    }
}
