package dev.caravan.openshift;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Label columns: {@code label_app:cart|label_environment:prod} becomes {@code {"app":"cart","environment":"prod"}}.
 *
 * <p>Follows Koku: the text is split on {@code |}; an item without a colon or with two is dropped; every {@code label_} in
 * a key is removed; an empty value is kept; the last of equal keys wins. Keys come out sorted, so that equal sets are
 * equal texts. Each distinct text is converted once. More labels than the limit are refused. Not for concurrent use.
 */
final class LabelText {
    /** Characters of cached texts and results together, about 2 bytes each. */
    private static final int CACHED_CHARACTERS = 8 << 20;

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Map<String, String> cache = new HashMap<>();
    private final int limit;
    private int cachedCharacters;

    /** @param limit how many labels there may be */
    LabelText(int limit) {
        this.limit = limit;
    }

    /**
     * @return a JSON object, {@code {}} for no label
     * @throws RowRejectedException {@code too-many-labels}
     */
    String toJson(String text) {
        if (text.isEmpty()) {
            return "{}";
        }
        String known = cache.get(text);
        if (known == null) {
            known = convert(text);
            if (cachedCharacters > CACHED_CHARACTERS) {
                cache.clear();
                cachedCharacters = 0;
            }
            cache.put(text, known);
            cachedCharacters += text.length() + known.length();
        }
        return known;
    }

    private String convert(String text) {
        Map<String, String> labels = new TreeMap<>();
        int start = 0;
        while (start <= text.length()) {
            int bar = text.indexOf('|', start);
            int end = bar < 0 ? text.length() : bar;
            int colon = text.indexOf(':', start);
            if (colon >= 0 && colon < end && text.substring(colon + 1, end).indexOf(':') < 0) {
                labels.put(text.substring(start, colon).replace("label_", ""), text.substring(colon + 1, end));
                if (labels.size() > limit) {
                    throw new RowRejectedException("too-many-labels");
                }
            }
            start = end + 1;
        }
        try {
            return JSON.writeValueAsString(labels);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
