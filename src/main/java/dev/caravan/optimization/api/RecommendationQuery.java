package dev.caravan.optimization.api;

import dev.caravan.CaravanSettings.Optimization.Api;
import dev.caravan.http.RequestRefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which recommendations are asked for, and how they are to be shown.
 *
 * @param from earliest end of their monitoring
 * @param until end of their monitoring that none reaches
 * @param order SQL of our own
 * @param csv whether as CSV, not as JSON
 */
public record RecommendationQuery(
        SetKind kind,
        Paging paging,
        List<Filter> filters,
        Instant from,
        Instant until,
        String order,
        Units units,
        boolean csv) {
    private static final String TEXT = "text/csv";
    private static final String JSON = "application/json";
    private static final int DATE_CHARACTERS = 10;
    private static final Set<String> YES = Set.of("1", "t", "T", "true", "True", "TRUE");
    private static final Set<String> NO = Set.of("0", "f", "F", "false", "False", "FALSE");

    /**
     * Reads the query of a list.
     *
     * @param now which ends the period unless the request says otherwise; it begins with the month
     * @throws RequestRefusedException 400 for what cannot be asked, 406 for CSV where there is none
     */
    static RecommendationQuery of(SetKind kind, HttpServletRequest request, Api bounds, Instant now)
            throws RequestRefusedException {
        QueryParameters parameters = QueryParameters.of(request);
        boolean csv = isCsv(request, parameters);
        if (csv && kind != SetKind.CONTAINER) {
            throw new RequestRefusedException(406, "there is no CSV of this list");
        }
        Paging paging = Paging.of(request, parameters, bounds.pageEntries());
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        LocalDate end = date("end_date", parameters, null);
        return new RecommendationQuery(
                kind,
                csv ? paging.withLimit(bounds.csvSets()) : paging,
                Filter.of(kind.fields(), parameters, bounds.queryValues()),
                start(date("start_date", parameters, today.withDayOfMonth(1))),
                end == null ? now : start(end.plusDays(1)),
                order(kind, parameters),
                units(parameters, Unit.BYTES),
                csv);
    }

    /**
     * Reads how one set is to be shown.
     *
     * @param memory unit of memory unless the request names another one
     * @throws RequestRefusedException 400 for a unit that there is not
     */
    static Units units(HttpServletRequest request, Unit memory) throws RequestRefusedException {
        return units(QueryParameters.of(request), memory);
    }

    private static Units units(QueryParameters parameters, Unit memory) throws RequestRefusedException {
        String fullNames = parameters.first("true-units", "false");
        if (!YES.contains(fullNames) && !NO.contains(fullNames)) {
            throw invalid("true-units", parameters);
        }
        return new Units(
                Unit.named(parameters.first("cpu-unit", Unit.CORES.fullName()), Unit.CPU)
                        .orElseThrow(() -> invalid("cpu-unit", parameters)),
                Unit.named(parameters.first("memory-unit", memory.fullName()), Unit.MEMORY)
                        .orElseThrow(() -> invalid("memory-unit", parameters)),
                YES.contains(fullNames));
    }

    private static boolean isCsv(HttpServletRequest request, QueryParameters parameters)
            throws RequestRefusedException {
        String accepted = request.getHeader("Accept");
        if (TEXT.equals(accepted) || JSON.equals(accepted)) {
            return TEXT.equals(accepted);
        }
        return switch (parameters.first("format", "json")) {
            case "json" -> false;
            case "csv" -> true;
            default -> throw invalid("format", parameters);
        };
    }

    private static String order(SetKind kind, QueryParameters parameters) throws RequestRefusedException {
        String column = kind.order(parameters.first("order_by", "last_reported"))
                .orElseThrow(() -> invalid("order_by", parameters));
        return column
                + switch (parameters.first("order_how", "desc").toLowerCase(Locale.ROOT)) {
                    case "asc" -> " asc";
                    case "desc" -> " desc nulls last";
                    default -> throw invalid("order_how", parameters);
                };
    }

    private static LocalDate date(String name, QueryParameters parameters, LocalDate otherwise)
            throws RequestRefusedException {
        String text = parameters.first(name, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            if (text.length() == DATE_CHARACTERS) {
                return LocalDate.parse(text);
            }
        } catch (DateTimeParseException e) {
            // Said below.
        }
        throw invalid(name, parameters);
    }

    private static Instant start(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static RequestRefusedException invalid(String name, QueryParameters parameters) {
        return new RequestRefusedException(400, "invalid " + name + " value: " + parameters.first(name, ""));
    }
}
