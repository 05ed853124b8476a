package dev.caravan.optimization;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.caravan.oracle.NaiveRecommendation;
import dev.caravan.oracle.NaiveRecommendation.Interval;
import dev.caravan.oracle.NaiveRecommendation.Recommendation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A Kruize server for remote monitoring as its clients know it, in memory on a loopback port: it keeps every rule of the real
 * one, and is stricter where that one lets things pass. It recommends what the oracle does. Stopped and started again it is
 * at the same address and remembers everything, unless it was made to forget.
 */
final class StrictKruize implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BULK = 100;
    private static final Pattern DECIMAL = Pattern.compile("\\d+(\\.\\d+)?");
    private static final Set<String> FORMATS = Set.of(
            "cores",
            "m",
            "bytes",
            "Bytes",
            "KiB",
            "MiB",
            "GiB",
            "TiB",
            "PiB",
            "EiB",
            "Ki",
            "Mi",
            "Gi",
            "Ti",
            "Pi",
            "Ei",
            "kB",
            "KB",
            "MB",
            "GB",
            "TB",
            "PB",
            "EB",
            "K",
            "k",
            "M",
            "G",
            "T",
            "P",
            "E",
            "percentage");
    private static final Set<String> AGGREGATES = Set.of("sum", "avg", "min", "max");
    private static final Map<String, String> COLUMNS = Map.of(
            "cpuRequest", "cpu_request",
            "cpuLimit", "cpu_limit",
            "cpuUsage", "cpu_usage",
            "cpuThrottle", "cpu_throttle",
            "memoryRequest", "memory_request",
            "memoryLimit", "memory_limit",
            "memoryUsage", "memory_usage",
            "memoryRSS", "memory_rss_usage",
            "totalPods", "total_pods",
            "runningPods", "running_pods");

    /** What came, with its query as it was sent. */
    record Request(String method, String path, String query, String body) {
        String is() {
            return method + " " + path;
        }

        Map<String, String> parameters() {
            Map<String, String> parameters = new LinkedHashMap<>();
            for (String part : query == null ? new String[0] : query.split("&")) {
                String[] pair = part.split("=", 2);
                parameters.put(decoded(pair[0]), decoded(pair[1]));
            }
            return parameters;
        }

        private static String decoded(String text) {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        }
    }

    /** How a request is answered instead of the usual way; null for the usual way. */
    record Answer(int status, String body) {}

    private static final class Experiment {
        private final JsonNode registered;
        /** By end of the interval. */
        private final TreeMap<Instant, JsonNode> results = new TreeMap<>();

        private Experiment(JsonNode registered) {
            this.registered = registered;
        }

        private boolean isOfNamespace() {
            return registered.path("experiment_type").asText().equals("namespace");
        }

        private JsonNode object() {
            return registered.at("/kubernetes_objects/0");
        }
    }

    /** What is wrong with an entry, and the code that says so. */
    private static final class Refusal extends Exception {
        private final int status;

        private Refusal(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Map<String, JsonNode> profiles = new ConcurrentHashMap<>();
    private final Map<String, Experiment> experiments = new ConcurrentHashMap<>();
    private final Map<Instant, String> refusals = new ConcurrentHashMap<>();
    private volatile String missingProfile = "Not Found: performance_profile does not exist: %s";
    private volatile Function<Request, Answer> override = request -> null;
    private int port;
    private HttpServer server;

    StrictKruize() {
        start();
    }

    void start() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = server.getAddress().getPort();
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    void stop() {
        server.stop(0);
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    List<Request> requests() {
        return requests;
    }

    List<String> calls() {
        return requests.stream().map(Request::is).toList();
    }

    /** Sizes of the requests that told results. */
    List<Integer> chunks() {
        return requests.stream()
                .filter(request -> request.path().equals("/updateResults"))
                .map(request -> parsed(request.body()).size())
                .toList();
    }

    Set<String> experiments() {
        return Set.copyOf(experiments.keySet());
    }

    JsonNode registered(String experiment) {
        return experiments.get(experiment).registered;
    }

    Set<Instant> results(String experiment) {
        return Set.copyOf(experiments.get(experiment).results.keySet());
    }

    JsonNode profile(String name) {
        return profiles.get(name);
    }

    void putProfile(String name, double version) {
        profiles.put(name, JSON.createObjectNode().put("name", name).put("profile_version", version));
    }

    void forgetExperiments() {
        experiments.clear();
    }

    /** @param text with which it says so from now on, {@code %s} being the name of the profile */
    void forgetProfiles(String text) {
        profiles.clear();
        missingProfile = text;
    }

    /** Refuses intervals with that end. */
    void refuse(Instant end, String message) {
        refusals.put(end, message);
    }

    void override(Function<Request, Answer> answers) {
        override = answers;
    }

    /** Forgets everything but what an earlier start of its client relies on: the profiles. */
    void reset() {
        requests.clear();
        experiments.clear();
        refusals.clear();
        override = request -> null;
    }

    @Override
    public void close() {
        stop();
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestURI().getRawQuery(),
                    body);
            requests.add(request);
            Answer answer = override.apply(request);
            if (answer == null) {
                answer = answer(request);
            }
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json;charset=utf-8");
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private synchronized Answer answer(Request request) {
        try {
            return switch (request.is()) {
                case "GET /listPerformanceProfiles" ->
                    new Answer(
                            200,
                            JSON.createArrayNode().addAll(profiles.values()).toString());
                case "POST /createPerformanceProfile" -> createProfile(parsed(request.body()));
                case "PUT /updatePerformanceProfile" -> updateProfile(parsed(request.body()));
                case "POST /createExperiment" -> createExperiment(parsed(request.body()));
                case "DELETE /createExperiment" -> deleteExperiment(request.parameters(), parsed(request.body()));
                case "POST /updateResults" -> updateResults(parsed(request.body()));
                case "POST /updateRecommendations" -> updateRecommendations(request.parameters(), request.body());
                default -> new Answer(404, "<html><body>404 Not Found</body></html>");
            };
        } catch (Refusal e) {
            return new Answer(e.status, said(e.status, e.getMessage()).toString());
        }
    }

    private Answer createProfile(JsonNode profile) throws Refusal {
        checkProfile(profile);
        String name = profile.path("name").asText();
        if (profiles.putIfAbsent(name, profile) != null) {
            throw new Refusal(409, "Validation failed: Performance Profile already exists: " + name);
        }
        return done("Performance Profile : " + name
                + " created successfully. View Performance Profiles at /listPerformanceProfiles");
    }

    private Answer updateProfile(JsonNode profile) throws Refusal {
        checkProfile(profile);
        String name = profile.path("name").asText();
        check(profiles.containsKey(name), "Not Found: performance_profile does not exist: " + name);
        profiles.put(name, profile);
        return done("Performance Profile '" + name + "' updated successfully");
    }

    private static void checkProfile(JsonNode profile) throws Refusal {
        check(
                profile.path("name").isTextual() && profile.path("slo").isObject(),
                "Missing following Mandatory parameters");
        check(profile.path("profile_version").isNumber(), "profile_version is no number");
        check(profile.path("k8s_type").asText().equals("openshift"), "k8s_type is not supported");
        check(profile.at("/slo/direction").asText().equals("minimize"), "direction is not supported");
        check(profile.at("/slo/slo_class").asText().equals("resource_usage"), "slo_class is not supported");
        check(
                profile.at("/slo/objective_function/function_type").asText().equals("source"),
                "Objective function type can only be either expression or source");
        Set<String> names = new TreeSet<>();
        for (JsonNode variable : profile.at("/slo/function_variables")) {
            names.add(variable.path("name").asText());
            check(variable.path("datasource").asText().equals("prometheus"), "datasource is not supported");
            check(variable.path("value_type").asText().equals("double"), "value_type is not supported");
            String object = variable.path("name").asText().startsWith("namespace") ? "namespace" : "container";
            check(variable.path("kubernetes_object").asText().equals(object), "kubernetes_object is not supported");
            check(
                    !variable.path("aggregation_functions").isEmpty(),
                    "One of query or aggregation_functions is mandatory.");
            for (JsonNode function : variable.path("aggregation_functions")) {
                check(AGGREGATES.contains(function.path("function").asText()), "unknown function " + function);
            }
        }
        check(names.size() == 22, "function_variables are not 22");
    }

    private Answer createExperiment(JsonNode body) throws Refusal {
        check(body.isArray() && body.size() == 1, "At present, the system does not support bulk entries!");
        JsonNode experiment = body.get(0);
        String name = experiment.path("experiment_name").asText();
        check(!name.isBlank(), "experiment_name is mandatory");
        String profile = experiment.path("performance_profile").asText();
        checkProfileIsThere(profile);
        check(experiment.path("version").asText().equals("1.0"), "version is mandatory");
        check(experiment.path("cluster_name").asText().contains(";"), "cluster_name is mandatory");
        check(experiment.path("mode").asText().equals("monitor"), "mode is not supported");
        check(experiment.path("target_cluster").asText().equals("remote"), "target_cluster is not supported");
        check(experiment.at("/trial_settings/measurement_duration").asText().equals("15min"), "measurement_duration");
        check(experiment.at("/recommendation_settings/threshold").asText().equals("0.1"), "threshold");
        check(experiment.path("kubernetes_objects").size() == 1, "Bulk Kubernetes objects are currently unsupported!");
        var made = new Experiment(experiment);
        if (made.isOfNamespace()) {
            check(!made.object().has("containers"), "Can not specify container data for namespace experiment");
            check(
                    made.object().at("/namespaces/namespace").isTextual(),
                    "Missing namespace for experimentType: namespace");
        } else {
            check(!made.object().has("namespaces"), "Can not specify namespace data for container experiment");
            check(!made.object().path("containers").isEmpty(), "containers are mandatory");
            for (String field : List.of("type", "name", "namespace")) {
                check(!made.object().path(field).asText().isBlank(), field + " is mandatory");
            }
            checkNames(made.object().path("containers"));
        }
        if (experiments.putIfAbsent(name, made) != null) {
            throw new Refusal(409, "Experiment name already exists: " + name);
        }
        return done("Experiment registered successfully with Kruize. View registered experiments at /listExperiments");
    }

    private void checkProfileIsThere(String profile) throws Refusal {
        check(profiles.containsKey(profile), missingProfile.formatted(profile));
    }

    private static void checkNames(JsonNode containers) throws Refusal {
        for (JsonNode container : containers) {
            check(!container.path("container_name").asText().isBlank(), "container_name cannot be null or blank");
            check(
                    !container.path("container_image_name").asText().isBlank(),
                    "container_image_name cannot be null or blank");
        }
    }

    private Answer deleteExperiment(Map<String, String> parameters, JsonNode body) throws Refusal {
        check(body.isArray() && body.size() == 1, "At present, the system does not support bulk entries!");
        // Without rm it looks for experiments of its own cluster.
        check(
                "true".equals(parameters.get("rm"))
                        && experiments.remove(
                                        body.get(0).path("experiment_name").asText())
                                != null,
                "Experiment not found!");
        return done("Experiment deleted successfully. View registered experiments at /listExperiments");
    }

    private Answer updateResults(JsonNode body) throws Refusal {
        check(body.isArray() && !body.isEmpty(), "Failed to parse the JSON. Please check the input payload");
        check(body.size() <= BULK, "At present, the system does not support bulk entries exceeding 100 in quantity!");
        ArrayNode failed = JSON.createArrayNode();
        for (JsonNode entry : body) {
            try {
                take(entry);
            } catch (Refusal e) {
                ObjectNode refused = JSON.createObjectNode();
                for (String field : List.of("version", "experiment_name", "interval_start_time", "interval_end_time")) {
                    refused.set(field, entry.path(field));
                }
                refused.putArray("errors").add(said(e.status, e.getMessage()));
                failed.add(refused);
            }
        }
        if (failed.isEmpty()) {
            return done("Results added successfully! View saved results at /listExperiments.");
        }
        ObjectNode answer =
                said(400, "Out of a total of " + body.size() + " records, " + failed.size() + " failed to save");
        answer.set("data", failed);
        return new Answer(400, answer.toString());
    }

    private void take(JsonNode entry) throws Refusal {
        String name = entry.path("experiment_name").asText();
        Experiment experiment = experiments.get(name);
        check(experiment != null, "Not Found: experiment_name does not exist: " + name);
        String expected = experiment.registered.path("version").asText();
        String found = entry.path("version").asText();
        check(
                expected.equals(found),
                "Version number mismatch found. Expected: %s , Found: %s".formatted(expected, found));
        String profile = experiment.registered.path("performance_profile").asText();
        checkProfileIsThere(profile);
        Instant start = instant(entry.path("interval_start_time"));
        Instant end = instant(entry.path("interval_end_time"));
        check(start.isBefore(end), "The Start time should precede the End time!");
        check(
                Math.abs(Duration.between(start, end).toSeconds() - 900) <= 30,
                "Interval duration cannot be less than or greater than measurement_duration by more than 30 seconds");
        check(entry.path("kubernetes_objects").size() == 1, "Bulk Kubernetes objects are currently unsupported!");
        checkObject(entry.at("/kubernetes_objects/0"), experiment, profile);
        String refusal = refusals.get(end);
        check(refusal == null, refusal);
        if (experiment.results.putIfAbsent(end, entry) != null) {
            throw new Refusal(409, "An entry for this record already exists!");
        }
    }

    private static Instant instant(JsonNode text) throws Refusal {
        Instant instant = Instant.parse(text.asText());
        check(KruizeShape.time(instant).equals(text.asText()), "Given timestamp is not a valid timestamp format");
        return instant;
    }

    private void checkObject(JsonNode object, Experiment experiment, String profile) throws Refusal {
        if (experiment.isOfNamespace()) {
            JsonNode namespace = object.path("namespaces");
            check(!object.has("containers"), "Can not specify container data for namespace experiment");
            check(
                    namespace.path("namespace").equals(experiment.object().at("/namespaces/namespace")),
                    "Kubernetes Object Namespaces MisMatched");
            checkMetrics(
                    namespace.path("metrics"),
                    profile,
                    "namespaceCpuUsage",
                    "namespaceMemoryUsage",
                    "namespaceMemoryRSS");
            return;
        }
        for (String field : List.of("type", "name", "namespace")) {
            check(
                    object.path(field).equals(experiment.object().path(field)),
                    "Kubernetes Object " + field + " MisMatched");
        }
        check(!object.path("containers").isEmpty(), "Metric data is not present");
        checkNames(object.path("containers"));
        for (JsonNode container : object.path("containers")) {
            checkMetrics(container.path("metrics"), profile, "cpuUsage", "memoryUsage", "memoryRSS");
            for (JsonNode metric : container.path("metrics")) {
                JsonNode values = metric.at("/results/aggregation_info");
                check(values.has("sum") && values.has("avg"), "sum and avg of " + metric.path("name"));
            }
        }
    }

    private void checkMetrics(JsonNode metrics, String profile, String... mandatory) throws Refusal {
        Set<String> known = new TreeSet<>(
                profiles.get(profile).at("/slo/function_variables").findValuesAsText("name"));
        Set<String> names = new TreeSet<>();
        for (JsonNode metric : metrics) {
            String name = metric.path("name").asText();
            check(
                    known.contains(name) && names.add(name),
                    "Metric variable name should be among these values: " + known);
            JsonNode values = metric.at("/results/aggregation_info");
            boolean pods = name.endsWith("Pods");
            check(
                    pods || FORMATS.contains(values.path("format").asText()),
                    " Format value should be among these values: " + FORMATS);
            check(values.size() > (pods ? 0 : 1), "At least one aggregation function value needs to be present ");
            for (var value : values.properties()) {
                check(
                        value.getKey().equals("format")
                                || AGGREGATES.contains(value.getKey())
                                        && value.getValue().isTextual()
                                        && DECIMAL.matcher(value.getValue().asText())
                                                .matches(),
                        value.getKey() + " cannot be negative or blank for the metric variable: " + name);
            }
        }
        check(
                names.containsAll(Set.of(mandatory)),
                "Missing one of the following mandatory parameters for experiment : " + List.of(mandatory));
    }

    private Answer updateRecommendations(Map<String, String> parameters, String body) throws Refusal {
        check(body.isEmpty(), "the body is not empty");
        String name = parameters.getOrDefault("experiment_name", "");
        String time = parameters.getOrDefault("interval_end_time", "");
        check(!name.isEmpty(), "experiment_name is mandatory");
        check(!time.isEmpty(), "interval_end_time is mandatory");
        check(
                time.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"),
                "Given timestamp - \" " + time + " \" is not a valid timestamp format");
        Experiment experiment = experiments.get(name);
        check(experiment != null, "Not Found: experiment_name does not exist: " + name);
        Instant until = Instant.parse(time);
        Instant from = until.minus(Duration.ofDays(15));
        var results = experiment.results.subMap(from, true, until, true).values();
        check(!results.isEmpty(), "No metrics available from " + from + " to " + until);
        Map<String, List<Interval>> intervals = new LinkedHashMap<>();
        for (JsonNode result : results) {
            JsonNode object = result.at("/kubernetes_objects/0");
            if (experiment.isOfNamespace()) {
                intervals.computeIfAbsent("", key -> new ArrayList<>()).add(interval(result, object.at("/namespaces")));
            }
            for (JsonNode container : object.path("containers")) {
                intervals
                        .computeIfAbsent(container.path("container_name").asText(), key -> new ArrayList<>())
                        .add(interval(result, container));
            }
        }
        Map<String, Recommendation> recommendations = new LinkedHashMap<>();
        intervals.forEach((container, measured) -> NaiveRecommendation.of(experiment.isOfNamespace(), measured, until)
                .ifPresent(recommendation -> recommendations.put(container, recommendation)));
        String type = experiment.isOfNamespace()
                ? "namespace"
                : experiment.object().path("type").asText();
        return new Answer(
                201,
                KruizeShape.answer(name, type, experiment.object().path("name").asText(), recommendations)
                        .toString());
    }

    private static Interval interval(JsonNode result, JsonNode measured) {
        Map<String, Double> measures = new LinkedHashMap<>();
        for (JsonNode metric : measured.path("metrics")) {
            String name = metric.path("name").asText().replace("namespace", "");
            String column = COLUMNS.get(name.substring(0, 1).toLowerCase() + name.substring(1));
            metric.at("/results/aggregation_info").properties().forEach(value -> {
                if (!value.getKey().equals("format")) {
                    measures.put(
                            column + "_" + value.getKey(),
                            Double.valueOf(value.getValue().asText()));
                }
            });
        }
        return new Interval(
                Instant.parse(result.path("interval_start_time").asText()),
                Instant.parse(result.path("interval_end_time").asText()),
                measures);
    }

    private static void check(boolean kept, String message) throws Refusal {
        if (!kept) {
            throw new Refusal(400, message);
        }
    }

    private static Answer done(String message) {
        return new Answer(
                201,
                JSON.createObjectNode()
                        .put("message", message)
                        .put("httpcode", 201)
                        .put("documentationLink", "")
                        .put("status", "SUCCESS")
                        .toString());
    }

    /** A refusal as the server writes it. */
    static ObjectNode said(int status, String message) {
        return JSON.createObjectNode()
                .put("message", message)
                .put("httpcode", status)
                .put("documentationLink", "")
                .put("status", "ERROR");
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
