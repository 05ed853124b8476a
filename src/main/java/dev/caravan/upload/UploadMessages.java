package dev.caravan.upload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import dev.caravan.http.Identity;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.ExchangeProperty;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** What is said about an upload: to its sender, to whoever keeps track, and to those who load it. JSON throughout. */
@Component("uploadMessages")
public final class UploadMessages {
    private final JsonMapper json = JsonMapper.builder().build();
    private final S3Presigner presigner;
    private final CaravanSettings.Uploads settings;
    private final Clock clock;

    public UploadMessages(@Lazy S3Presigner presigner, CaravanSettings settings, Clock clock) {
        this.presigner = presigner;
        this.settings = settings.uploads();
        this.clock = clock;
    }

    /** The answer to whoever sent it. */
    public String answer(@ExchangeProperty(Upload.PROPERTY) Upload upload) {
        Map<String, Object> sender = new LinkedHashMap<>();
        if (upload.identity().account() != null) {
            sender.put("account_number", upload.identity().account());
        }
        sender.put("org_id", upload.identity().organisation());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("request_id", upload.requestId());
        answer.put("upload", sender);
        return text(answer);
    }

    /** An announcement with every field that its readers know. The address in it lets its holder read the payload. */
    public String announcement(@ExchangeProperty(Upload.PROPERTY) Upload upload) {
        Identity identity = upload.identity();
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("account", identity.accountText());
        message.put("category", upload.type().category());
        message.put("content_type", upload.type().contentType());
        message.put("metadata", upload.metadata());
        message.put("request_id", upload.requestId());
        message.put("principal", identity.organisation());
        message.put("org_id", identity.organisation());
        message.put("service", upload.type().service());
        message.put("size", upload.sizeBytes());
        message.put("url", address(upload.id().toString()));
        message.put("b64_identity", identity.encoded());
        message.put("timestamp", clock.instant().toString());
        return text(message);
    }

    /** That the first bytes have come. */
    public String received(@ExchangeProperty(Upload.PROPERTY) Upload upload) {
        return status(upload, "received", "the upload has begun");
    }

    /** That the payload is on its way to those who load it. */
    public String succeeded(@ExchangeProperty(Upload.PROPERTY) Upload upload) {
        return status(
                upload,
                "success",
                "Sent to validation service: " + upload.type().service());
    }

    private String status(Upload upload, String status, String message) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("service", "ingress");
        event.put("account", upload.identity().accountText());
        event.put("org_id", upload.identity().organisation());
        event.put("request_id", upload.requestId());
        event.put("status", status);
        event.put("status_msg", message);
        event.put("date", clock.instant().toString());
        return text(event);
    }

    private String address(String key) {
        return presigner
                .presignGetObject(request -> request.signatureDuration(settings.addressLifetime())
                        .getObjectRequest(get -> get.bucket(settings.bucket()).key(key)))
                .url()
                .toString();
    }

    private String text(Map<String, Object> content) {
        try {
            return json.writeValueAsString(content);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
