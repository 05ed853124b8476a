package dev.caravan.openstack;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.caravan.openshift.RowRejectedException;
import java.io.IOException;

/**
 * What a server's request tells of reservations. Read token by token, and no further than needed: such a text has many
 * kilobytes and a table of them gigabytes.
 *
 * @param hintedReservation first of {@code nova_object.data, scheduler_hints, reservation}, or that text itself; null for
 *     none
 * @param flavorName {@code nova_object.data, flavor, nova_object.data, name}; null for none
 */
record RequestSpec(String hintedReservation, String flavorName) {
    private static final JsonFactory JSON = new JsonFactory();
    /** Part of a key's name, not a path. */
    private static final String DATA = "nova_object.data";

    /** @throws RowRejectedException {@code not-json} */
    static RequestSpec parse(String text) {
        var reading = new Reading();
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new RowRejectedException("not-json");
            }
            reading.members(json, DATA, reading::data);
            return new RequestSpec(reading.hintedReservation, reading.flavorName);
        } catch (IOException e) {
            throw new RowRejectedException("not-json");
        }
    }

    private interface Member {
        void read(JsonParser json) throws IOException;
    }

    private static final class Reading {
        private String hintedReservation;
        private String flavorName;

        /** Reads what stands under one key of the object whose start was read; anything else is read over. */
        void members(JsonParser json, String key, Member member) throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = key.equals(json.currentName());
                json.nextToken();
                if (wanted) {
                    member.read(json);
                } else {
                    json.skipChildren();
                }
            }
        }

        void data(JsonParser json) throws IOException {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                json.skipChildren();
                return;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                boolean object = json.nextToken() == JsonToken.START_OBJECT;
                if (object && key.equals("scheduler_hints")) {
                    members(json, "reservation", this::reservation);
                } else if (object && key.equals("flavor")) {
                    members(json, DATA, this::flavor);
                } else {
                    json.skipChildren();
                }
            }
        }

        private void flavor(JsonParser json) throws IOException {
            if (json.currentToken() == JsonToken.START_OBJECT) {
                members(json, "name", name -> {
                    flavorName = textOf(name);
                    name.skipChildren();
                });
            } else {
                json.skipChildren();
            }
        }

        private void reservation(JsonParser json) throws IOException {
            if (json.currentToken() != JsonToken.START_ARRAY) {
                hintedReservation = textOf(json);
                json.skipChildren();
                return;
            }
            if (json.nextToken() != JsonToken.END_ARRAY) {
                hintedReservation = textOf(json);
                do {
                    json.skipChildren();
                } while (json.nextToken() != JsonToken.END_ARRAY);
            }
        }

        private static String textOf(JsonParser json) throws IOException {
            return json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : null;
        }
    }
}
