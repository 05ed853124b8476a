package dev.caravan.pgcopy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import org.postgresql.copy.CopyIn;

/**
 * Bytes of PostgreSQL's binary COPY format on their way to the server.
 *
 * <p>Sent when the wanted size is reached, at the end of a row; only a row larger than that makes it grow.
 */
final class CopyBuffer {
    private static final VarHandle SHORT = bigEndian(short[].class);
    private static final VarHandle INT = bigEndian(int[].class);
    private static final VarHandle LONG = bigEndian(long[].class);
    private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

    private final int size;
    private byte[] bytes;
    private int length;

    CopyBuffer(int size) {
        this.size = size;
        // Room for a usual row beyond the wanted size, so that it need not grow for the last one.
        this.bytes = new byte[size + 4096];
    }

    /** The head of the stream: signature, no flags, no extension. */
    void begin() {
        bytes(SIGNATURE);
        int32(0);
        int32(0);
    }

    /** The tail of the stream, which tells a complete one from one cut off. */
    void end() {
        int16(-1);
    }

    boolean full() {
        return length >= size;
    }

    void sendTo(CopyIn copy) throws SQLException {
        copy.writeToCopy(bytes, 0, length);
        length = 0;
    }

    void int8(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
    }

    void int16(int value) {
        reserve(Short.BYTES);
        SHORT.set(bytes, length, (short) value);
        length += Short.BYTES;
    }

    void int32(int value) {
        reserve(Integer.BYTES);
        INT.set(bytes, length, value);
        length += Integer.BYTES;
    }

    void int64(long value) {
        reserve(Long.BYTES);
        LONG.set(bytes, length, value);
        length += Long.BYTES;
    }

    void bytes(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    /** Leaves room for the length of a value that is written next; give the result to {@link #closeField}. */
    int openField() {
        int32(0);
        return length;
    }

    void closeField(int start) {
        INT.set(bytes, start - Integer.BYTES, length - start);
    }

    /**
     * Text as UTF-8, without its length.
     *
     * @throws IllegalArgumentException for a NUL character, which PostgreSQL's text cannot hold, and for half a
     *     surrogate pair, which is no character
     */
    void utf8(CharSequence text) {
        int chars = text.length();
        reserve(Math.multiplyExact(3, chars));
        byte[] to = bytes;
        int at = length;
        int i = 0;
        for (; i < chars; i++) {
            char c = text.charAt(i);
            if (c >= 0x80 || c == 0) {
                break;
            }
            to[at++] = (byte) c;
        }
        length = i == chars ? at : beyondAscii(text, i, at);
    }

    private int beyondAscii(CharSequence text, int from, int to) {
        int at = to;
        for (int i = from; i < text.length(); i++) {
            int c = text.charAt(i);
            if (c < 0x80) {
                if (c == 0) {
                    throw new IllegalArgumentException("NUL character at position " + i);
                }
                bytes[at++] = (byte) c;
            } else if (c < 0x800) {
                bytes[at++] = (byte) (0xC0 | c >> 6);
                bytes[at++] = (byte) (0x80 | c & 0x3F);
            } else if (!Character.isSurrogate((char) c)) {
                bytes[at++] = (byte) (0xE0 | c >> 12);
                bytes[at++] = (byte) (0x80 | c >> 6 & 0x3F);
                bytes[at++] = (byte) (0x80 | c & 0x3F);
            } else {
                int point = Character.codePointAt(text, i);
                if (!Character.isSupplementaryCodePoint(point)) {
                    throw new IllegalArgumentException("half a surrogate pair at position " + i);
                }
                bytes[at++] = (byte) (0xF0 | point >> 18);
                bytes[at++] = (byte) (0x80 | point >> 12 & 0x3F);
                bytes[at++] = (byte) (0x80 | point >> 6 & 0x3F);
                bytes[at++] = (byte) (0x80 | point & 0x3F);
                i++;
            }
        }
        return at;
    }

    private void reserve(int more) {
        int needed = Math.addExact(length, more);
        if (needed > bytes.length) {
            // Doubling, so that a row of many large values is not copied once for each of them.
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * bytes.length)));
        }
    }

    private static VarHandle bigEndian(Class<?> view) {
        return MethodHandles.byteArrayViewVarHandle(view, ByteOrder.BIG_ENDIAN);
    }
}
