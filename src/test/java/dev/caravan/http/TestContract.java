package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;

/** Holds answers against a contract. */
public final class TestContract {
    private final OpenApiInteractionValidator validator;

    /** @param file in {@code /openapi} */
    public TestContract(String file) {
        validator = OpenApiInteractionValidator.createFor("/openapi/" + file).build();
    }

    /**
     * @param path below the base of the contract, without a query
     * @param contentType null for none
     */
    public void check(String method, String path, int status, String contentType, String body) {
        var described = SimpleResponse.Builder.status(status);
        if (contentType != null) {
            described.withContentType(contentType);
        }
        if (!body.isEmpty()) {
            described.withBody(body);
        }
        assertThat(validator
                        .validateResponse(path, Request.Method.valueOf(method), described.build())
                        .getMessages())
                .as("%s %s against the contract: %s", method, path, body)
                .isEmpty();
    }
}
