package dev.caravan.pgcopy;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.postgresql.core.Oid;

/** The column types that can be filled, each with the way a Java value becomes its bytes. */
enum PgType {
    BOOLEAN(Oid.BOOL, (out, value) -> {
        boolean truth = as(Boolean.class, value);
        out.int32(1);
        out.int8(truth ? 1 : 0);
    }),
    SMALLINT(Oid.INT2, (out, value) -> {
        int number = (int) whole(value, Short.MIN_VALUE, Short.MAX_VALUE);
        out.int32(2);
        out.int16(number);
    }),
    INTEGER(Oid.INT4, Oid.INT4_ARRAY, (out, value) -> {
        int number = (int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        out.int32(4);
        out.int32(number);
    }),
    BIGINT(Oid.INT8, Oid.INT8_ARRAY, (out, value) -> eightBytes(out, whole(value, Long.MIN_VALUE, Long.MAX_VALUE))),
    REAL(Oid.FLOAT4, (out, value) -> {
        Number number = as(Number.class, value);
        float real = number.floatValue();
        refuseOverflow(number, Float.isInfinite(real));
        out.int32(4);
        out.int32(Float.floatToIntBits(real));
    }),
    DOUBLE_PRECISION(Oid.FLOAT8, Oid.FLOAT8_ARRAY, (out, value) -> {
        Number number = as(Number.class, value);
        double real = number.doubleValue();
        refuseOverflow(number, Double.isInfinite(real));
        eightBytes(out, Double.doubleToLongBits(real));
    }),
    NUMERIC(Oid.NUMERIC, new NumericWriter()),
    TEXT(Oid.TEXT, Oid.TEXT_ARRAY, PgType::text),
    VARCHAR(Oid.VARCHAR, PgType::text),
    CHAR(Oid.BPCHAR, PgType::text),
    JSON(Oid.JSON, PgType::text),
    JSONB(Oid.JSONB, (out, value) -> {
        CharSequence json = as(CharSequence.class, value);
        int start = out.openField();
        out.int8(1); // version of the format
        out.utf8(json);
        out.closeField(start);
    }),
    BYTEA(Oid.BYTEA, (out, value) -> {
        byte[] bytes = as(byte[].class, value);
        out.int32(bytes.length);
        out.bytes(bytes);
    }),
    DATE(Oid.DATE, Oid.DATE_ARRAY, PgType::date),
    TIMESTAMP(Oid.TIMESTAMP, (out, value) -> {
        LocalDateTime time = as(LocalDateTime.class, value);
        instant(out, time.toEpochSecond(ZoneOffset.UTC), time.getNano());
    }),
    TIMESTAMPTZ(Oid.TIMESTAMPTZ, Oid.TIMESTAMPTZ_ARRAY, PgType::timestamptz),
    TIME(Oid.TIME, (out, value) -> eightBytes(out, as(LocalTime.class, value).toNanoOfDay() / 1000)),
    UUID(Oid.UUID, Oid.UUID_ARRAY, (out, value) -> {
        UUID uuid = as(UUID.class, value);
        out.int32(16);
        out.int64(uuid.getMostSignificantBits());
        out.int64(uuid.getLeastSignificantBits());
    });

    /** The server counts days and microseconds from here. */
    private static final long EPOCH_2000_DAYS = LocalDate.of(2000, 1, 1).toEpochDay();

    private static final long EPOCH_2000_SECONDS = 946_684_800L;

    private static final Map<Integer, ValueWriter> WRITERS = new HashMap<>();

    static {
        for (PgType type : values()) {
            WRITERS.put(type.oid, type.writer);
            if (type.arrayOid != Oid.UNSPECIFIED) {
                WRITERS.put(type.arrayOid, new ArrayWriter(type.oid, type.writer));
            }
        }
    }

    private final int oid;
    private final int arrayOid;
    private final ValueWriter writer;

    PgType(int oid, ValueWriter writer) {
        this(oid, Oid.UNSPECIFIED, writer);
    }

    PgType(int oid, int arrayOid, ValueWriter writer) {
        this.oid = oid;
        this.arrayOid = arrayOid;
        this.writer = writer;
    }

    /** The writer for a type of the catalogue, null where there is none. */
    static ValueWriter writerOf(int typeOid) {
        return WRITERS.get(typeOid);
    }

    static <T> T as(Class<T> expected, Object value) {
        if (!expected.isInstance(value)) {
            throw unfit(expected.getTypeName(), value);
        }
        return expected.cast(value);
    }

    static IllegalArgumentException unfit(String expected, Object value) {
        return new IllegalArgumentException(
                "expected " + expected + ", found " + value.getClass().getTypeName());
    }

    private static void text(CopyBuffer out, Object value) {
        CharSequence text = as(CharSequence.class, value);
        int start = out.openField();
        out.utf8(text);
        out.closeField(start);
    }

    private static void date(CopyBuffer out, Object value) {
        long days = as(LocalDate.class, value).toEpochDay() - EPOCH_2000_DAYS;
        // The two outermost numbers mean infinity and -infinity.
        if (days <= Integer.MIN_VALUE || days >= Integer.MAX_VALUE) {
            throw new IllegalArgumentException(value + " is out of range");
        }
        out.int32(4);
        out.int32((int) days);
    }

    private static void eightBytes(CopyBuffer out, long value) {
        out.int32(8);
        out.int64(value);
    }

    private static long whole(Object value, long least, long greatest) {
        long number;
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            number = ((Number) value).longValue();
        } else {
            number = exact(as(Number.class, value));
        }
        if (number < least || number > greatest) {
            throw new IllegalArgumentException(value + " is out of range");
        }
        return number;
    }

    private static long exact(Number number) {
        try {
            return new BigDecimal(number.toString()).longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(number + " is out of range or not a whole number", e);
        }
    }

    /** Infinity is a value of its own, but never what becomes of a number that is too large. */
    private static void refuseOverflow(Number number, boolean infinite) {
        boolean meant = number instanceof Double d && d.isInfinite() || number instanceof Float f && f.isInfinite();
        if (infinite && !meant) {
            throw new IllegalArgumentException(number + " is out of range");
        }
    }

    private static void timestamptz(CopyBuffer out, Object value) {
        if (value instanceof Long micros) {
            eightBytes(out, Math.subtractExact(micros, EPOCH_2000_SECONDS * 1_000_000));
        } else if (value instanceof Instant instant) {
            instant(out, instant.getEpochSecond(), instant.getNano());
        } else if (value instanceof OffsetDateTime time) {
            instant(out, time.toEpochSecond(), time.getNano());
        } else {
            throw unfit("java.time.Instant, java.time.OffsetDateTime or java.lang.Long", value);
        }
    }

    /** Digits below a microsecond are cut off. */
    private static void instant(CopyBuffer out, long epochSecond, int nano) {
        long seconds = epochSecond - EPOCH_2000_SECONDS;
        eightBytes(out, Math.addExact(Math.multiplyExact(seconds, 1_000_000L), nano / 1000));
    }
}
