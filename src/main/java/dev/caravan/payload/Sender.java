package dev.caravan.payload;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Who sent a payload, as services tell one another.
 *
 * @param account number; empty when none is known
 * @param identity Base64 of JSON; never logged
 */
public record Sender(String account, String identity) {
    /** Longer ones come in no header, and would not fit into a message. */
    private static final int LONGEST_IDENTITY = 1 << 16;

    /** The one that the payload's announcement names; where there was none, the organisation of its source. */
    public static Sender of(Delivery delivery) {
        Announcement announcement = announcement(delivery.message());
        String identity =
                announcement.identity() == null ? "" : announcement.identity().strip();
        boolean told = !identity.isEmpty() && identity.length() <= LONGEST_IDENTITY;
        String account =
                EncodedIdentity.isId(announcement.account()) ? announcement.account() : accountIn(told ? identity : "");
        return new Sender(
                account == null ? "" : account,
                told ? identity : EncodedIdentity.encodeSystem(delivery.source().organisation(), account));
    }

    private static Announcement announcement(String message) {
        if (message == null) {
            return Announcement.EMPTY;
        }
        try {
            byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
            return Announcement.parse(bytes, bytes.length);
        } catch (PoisonPayloadException e) {
            return Announcement.EMPTY;
        }
    }

    private static String accountIn(String identity) {
        try {
            String account = EncodedIdentity.decode(identity).account();
            return EncodedIdentity.isId(account) ? account : null;
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    /** Without the identity. */
    @Override
    public String toString() {
        return "account " + account;
    }
}
