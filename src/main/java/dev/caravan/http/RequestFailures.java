package dev.caravan.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.ledger.Failures;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkException;

/** Turns failures into answers. */
@Component("requestFailures")
public final class RequestFailures {
    private static final Logger LOG = LoggerFactory.getLogger(RequestFailures.class);
    private static final int WAIT_SECONDS = 30;

    private final JsonMapper json = JsonMapper.builder().build();
    private final Failures failures;

    public RequestFailures(Failures failures) {
        this.failures = failures;
    }

    private record Answer(int status, String text) {}

    /** Puts status, headers and body of the answer into the message. */
    public void answer(
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure,
            @Header(Exchange.HTTP_PATH) String path,
            Exchange exchange) {
        Answer answer = answerTo(failure);
        Message message = exchange.getMessage();
        boolean inJson = path != null
                && path.startsWith(FrontDoorFilter.COST)
                && !answer.text().isEmpty();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
        message.setHeader(Exchange.CONTENT_TYPE, inJson ? "application/json" : "text/plain");
        switch (answer.status()) {
            case 401 -> message.setHeader("WWW-Authenticate", "Bearer");
            case 429, 503 -> message.setHeader("Retry-After", WAIT_SECONDS);
            default -> {
                // Nothing to add.
            }
        }
        message.setBody(inJson ? json(body(path, answer)) : answer.text());
    }

    private Answer answerTo(Exception failure) {
        var refused = ObjectHelper.getException(RequestRefusedException.class, failure);
        if (refused != null) {
            return new Answer(refused.status(), refused.getMessage());
        }
        var tooLong = ObjectHelper.getException(BodyTooLongException.class, failure);
        if (tooLong != null) {
            return new Answer(413, tooLong.getMessage());
        }
        var tooSlow = ObjectHelper.getException(BodyTooSlowException.class, failure);
        if (tooSlow != null) {
            return new Answer(408, tooSlow.getMessage());
        }
        if (ObjectHelper.getException(ThrottlerRejectedExecutionException.class, failure) != null) {
            return new Answer(503, "as many requests of this kind as may be are being answered: try again later");
        }
        if (ObjectHelper.getException(SdkException.class, failure) != null) {
            LOG.error("a request failed, since the bucket cannot be written: {}", Failures.messageOf(failure));
            return new Answer(500, "");
        }
        if (failures.isTransient(failure)) {
            LOG.warn("a request cannot be answered now: {}", Failures.messageOf(failure));
            return new Answer(503, "a server needed for this is away: try again later");
        }
        LOG.error("a request failed", failure);
        return new Answer(500, "");
    }

    /** Each API in the form that its clients know. */
    private static Map<String, ?> body(String path, Answer answer) {
        if (!path.startsWith(FrontDoorFilter.RECOMMENDATIONS)) {
            return Map.of(
                    "errors", List.of(Map.of("status", Integer.toString(answer.status()), "detail", answer.text())));
        }
        return answer.status() == 401 || answer.status() == 403
                ? Map.of("message", answer.text())
                : Map.of("status", "error", "message", answer.text());
    }

    private String json(Object body) {
        try {
            return json.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
