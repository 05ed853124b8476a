package dev.caravan.upload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.http.Identity;
import dev.caravan.http.RequestRefusedException;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

/** Answers those who ask for their uploads; those of others are as good as none. */
@Component("uploadTracking")
public final class UploadTracking {
    private final JsonMapper json = JsonMapper.builder().build();
    private final UploadLedger ledger;

    public UploadTracking(UploadLedger ledger) {
        this.ledger = ledger;
    }

    /**
     * Tells what became of the latest upload under a request id, as JSON.
     *
     * @throws RequestRefusedException 400 when it is no request id, 404 when the organisation has sent nothing under it
     */
    public String track(@Header("requestID") String requestId, @ExchangeProperty(Identity.PROPERTY) Identity identity)
            throws RequestRefusedException, JsonProcessingException {
        if (requestId == null || !Uploads.isRequestId(requestId)) {
            throw new RequestRefusedException(400, "that is no request id");
        }
        return json.writeValueAsString(ledger.track(identity.organisation(), requestId)
                .orElseThrow(() -> new RequestRefusedException(404, "nothing is known of this request id")));
    }
}
