package dev.caravan.http;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.report.LevelResolver;
import com.atlassian.oai.validator.report.ValidationReport;
import com.atlassian.oai.validator.report.ValidationReport.Level;
import com.atlassian.oai.validator.report.ValidationReport.Message;
import com.atlassian.oai.validator.report.ValidationReport.MessageContext;
import dev.caravan.PrintableText;
import io.swagger.v3.oas.models.OpenAPI;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.component.rest.openapi.RestOpenApiHelper;
import org.apache.camel.spi.RestClientRequestValidator;
import org.apache.camel.util.ObjectHelper;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * Holds requests against the contract of the API they are for: path, query and body, not the headers, which are the affair of
 * {@link Admission}. What the contract does not allow is refused like anything else, and no sooner than who asks is known.
 *
 * <p>Stands in for Camel's own, which looks for escaped names of parameters, as in {@code filter%5Bname%5D}, in the contract
 * as they are written, and answers in a form of its own.
 */
@Component
@Lazy
final class ContractCheck implements RestClientRequestValidator {
    private static final int LONGEST_DETAIL = 1000;
    private static final String LONG_VALUE = "\"([^\"]{60})[^\"]++\"";

    private final Map<OpenAPI, OpenApiInteractionValidator> validators =
            Collections.synchronizedMap(new IdentityHashMap<>());
    private final Admission admission;
    private final RequestFailures failures;

    ContractCheck(Admission admission, RequestFailures failures) {
        this.admission = admission;
        this.failures = failures;
    }

    @Override
    public ValidationError validate(Exchange exchange, ValidationContext context) {
        var request = exchange.getMessage().getHeader(Exchange.HTTP_SERVLET_REQUEST, HttpServletRequest.class);
        Exception failure = failure(request, exchange);
        if (failure == null) {
            return null;
        }
        try {
            admission.admit(request, exchange);
        } catch (RequestRefusedException e) {
            // The route asks, too, and answers with this.
            return null;
        }
        failures.answer(failure, request.getRequestURI(), exchange);
        return new ValidationError(
                exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class),
                exchange.getMessage().getBody(String.class));
    }

    /** What speaks against the request; null for nothing. */
    private Exception failure(HttpServletRequest request, Exchange exchange) {
        OpenAPI contract = exchange.getProperty(Exchange.REST_OPENAPI, OpenAPI.class);
        try {
            ValidationReport report = validators
                    .computeIfAbsent(contract, ContractCheck::validator)
                    .validateRequest(
                            described(request, contract, exchange.getMessage().getBody(String.class)));
            return report.hasErrors() ? new RequestRefusedException(400, detail(report)) : null;
        } catch (RuntimeException e) {
            return unread(request, e);
        }
    }

    private static Exception unread(HttpServletRequest request, RuntimeException failure) {
        if (request.getAttribute(BodyTooLongException.class.getName()) instanceof BodyTooLongException tooLong) {
            return tooLong;
        }
        return ObjectHelper.getException(IOException.class, failure) == null
                ? failure
                : new RequestRefusedException(408, "the request's body did not come to its end", failure);
    }

    private static OpenApiInteractionValidator validator(OpenAPI contract) {
        return OpenApiInteractionValidator.createFor(contract)
                .withLevelResolver(LevelResolver.create()
                        .withLevel("validation.request.security", Level.IGNORE)
                        .build())
                .build();
    }

    private static Request described(HttpServletRequest request, OpenAPI contract, String body) {
        String base = RestOpenApiHelper.getBasePathFromOpenApi(contract);
        var described = new SimpleRequest.Builder(
                        request.getMethod(), request.getRequestURI().substring(base.length()))
                // A body without a type would not be looked at.
                .withContentType(Objects.requireNonNullElse(request.getContentType(), "application/json"));
        request.getParameterMap().forEach(described::withQueryParam);
        if (body != null && !body.isEmpty()) {
            described.withBody(body);
        }
        return described.build();
    }

    private static String detail(ValidationReport report) {
        String detail = report.getMessages().stream()
                .filter(message -> message.getLevel() == Level.ERROR)
                .map(ContractCheck::line)
                .collect(Collectors.joining("; "));
        return detail.substring(0, Math.min(detail.length(), LONGEST_DETAIL));
    }

    /** Without most of a long value that it quotes. */
    private static String line(Message message) {
        String parameter = message.getContext()
                .flatMap(MessageContext::getParameter)
                .map(found -> found.getName() + ": ")
                .orElse("");
        String first = message.getMessage().lines().findFirst().orElse("");
        return parameter + PrintableText.of(first.replaceAll(LONG_VALUE, "\"$1...\""));
    }
}
