package dev.caravan.http;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;
import org.springframework.stereotype.Component;

/**
 * Lets out the headers that answers have, and no others: Camel would send back what came with a request, the identity that a
 * gateway has added included, wherever no route has removed it.
 */
@Component("answerHeaders")
final class AnswerHeaders extends HttpHeaderFilterStrategy {
    private static final Set<String> ANSWERED =
            Set.of("allow", "content-disposition", "location", "retry-after", "www-authenticate");

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return !ANSWERED.contains(name.toLowerCase(Locale.ROOT))
                || super.applyFilterToCamelHeaders(name, value, exchange);
    }
}
