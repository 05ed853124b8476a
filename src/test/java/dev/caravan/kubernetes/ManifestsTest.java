package dev.caravan.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** What an operator of OpenShift may rely on, whichever overlay or size is taken. */
class ManifestsTest {
    private static final Path ROOT = Path.of("kubernetes");
    private static final String HOME = "/opt/caravan";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)");
    private static final Pattern HASH = Pattern.compile(".*-[a-z0-9]{10}");
    private static final Pattern PERCENTAGE = Pattern.compile("-XX:MaxRAMPercentage=(\\d+)");
    private static final long MEBIBYTE = 1L << 20;
    /** Seconds that Spring Boot gives requests in flight unless it is told otherwise. */
    private static final int SECONDS_FOR_REQUESTS = 30;

    private static final Map<Path, Manifests> BUILT = new ConcurrentHashMap<>();

    static Stream<Manifests> overlays() throws IOException {
        return built("overlays");
    }

    /** Every overlay, and every size by itself. */
    static Stream<Manifests> workloads() throws IOException {
        return Stream.concat(built("overlays"), built("sizes"));
    }

    static Stream<Manifests> production() throws IOException {
        return overlays().filter(manifests -> !manifests.folder().endsWith("development"));
    }

    @Test
    void everyFolderBuildsAndHasOnlyFieldsThatItsKindsKnow() throws IOException {
        assertThat(built("overlays")
                        .map(manifests -> manifests.folder().getFileName().toString()))
                .containsExactlyInAnyOrder("development", "production", "high-availability");
        assertThat(built("sizes")
                        .map(manifests -> manifests.folder().getFileName().toString()))
                .containsExactlyInAnyOrder("nodes-15", "nodes-49", "nodes-133", "nodes-346");
        assertThat(built("peers"))
                .allSatisfy(manifests -> assertThat(manifests.all()).isNotEmpty());
    }

    @Test
    void aFieldThatIsMisspeltIsNoticed() {
        assertThatThrownBy(() -> Manifests.read(
                        "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{name: http, prot: 1}]}}"))
                .hasMessageContaining("prot");
        assertThatThrownBy(() -> Manifests.read("{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, spec: {max: 1}}"))
                .hasMessageContaining("max");
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void podsRunUnderTheStrictestConstraints(Manifests manifests) {
        assertThat(manifests.pods()).allSatisfy(template -> {
            var pod = template.getSpec();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isNull();
            assertThat(pod.getSecurityContext().getRunAsGroup()).isNull();
            assertThat(pod.getSecurityContext().getFsGroup()).isNull();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getHostNetwork()).isNull();
            assertThat(pod.getVolumes())
                    .allSatisfy(volume -> assertThat(volume.getHostPath()).isNull());
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(manifests.of(ServiceAccount.class)).anySatisfy(account -> {
                assertThat(account.getMetadata().getName()).isEqualTo(pod.getServiceAccountName());
                assertThat(account.getAutomountServiceAccountToken()).isFalse();
            });
        });
        assertThat(manifests.containers()).isNotEmpty().allSatisfy(container -> {
            var context = container.getSecurityContext();
            assertThat(context.getAllowPrivilegeEscalation()).isFalse();
            assertThat(context.getReadOnlyRootFilesystem()).isTrue();
            assertThat(context.getRunAsUser()).isNull();
            assertThat(context.getPrivileged()).isNull();
            assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
            assertThat(context.getCapabilities().getAdd()).isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void everyContainerHasRequestsAndLimitsAndEveryVolumeAnEnd(Manifests manifests) {
        assertThat(manifests.containers()).allSatisfy(container -> {
            var resources = container.getResources();
            for (String name : List.of("cpu", "memory", "ephemeral-storage")) {
                assertThat(amount(resources.getRequests().get(name)))
                        .as("%s of %s", name, container.getName())
                        .isPositive()
                        .isLessThanOrEqualTo(amount(resources.getLimits().get(name)));
            }
            assertThat(resources.getLimits().get("memory"))
                    .isEqualTo(resources.getRequests().get("memory"));
        });
        assertThat(manifests.pods()).allSatisfy(pod -> {
            var disks = pod.getSpec().getVolumes().stream()
                    .filter(volume -> volume.getEmptyDir() != null)
                    .map(volume -> volume.getEmptyDir().getSizeLimit())
                    .toList();
            assertThat(disks).doesNotContainNull();
            assertThat(disks.stream().mapToDouble(ManifestsTest::amount).sum())
                    .isLessThanOrEqualTo(pod.getSpec().getContainers().stream()
                            .mapToDouble(container ->
                                    amount(container.getResources().getLimits().get("ephemeral-storage")))
                            .sum());
        });
    }

    /** 512 MiB are what twenty sources at once were measured with; what is not heap needs 256 MiB. */
    @ParameterizedTest
    @MethodSource("workloads")
    void theHeapFitsTheLimitAndRunningOutOfItEndsTheProcess(Manifests manifests) {
        assertThat(manifests.containers()).allSatisfy(container -> {
            String options = manifests.environment(container).get("JAVA_TOOL_OPTIONS");
            assertThat(options.split(" ")).contains("-XX:+ExitOnOutOfMemoryError");
            var percentage = PERCENTAGE.matcher(options);
            assertThat(percentage.find()).isTrue();
            double limit = amount(container.getResources().getLimits().get("memory"));
            double heap = limit * Integer.parseInt(percentage.group(1)) / 100;
            assertThat(heap).isGreaterThanOrEqualTo(512 * MEBIBYTE);
            assertThat(limit - heap).isGreaterThanOrEqualTo(256 * MEBIBYTE);
        });
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void theSpoolIsFullBeforeItsVolumeIs(Manifests manifests) throws IOException {
        var pod = manifests.deployment().getSpec().getTemplate();
        var environment = manifests.environment(main(pod));
        var spool = Manifests.volumeOf(pod, main(pod), environment.get("CARAVAN_SPOOL"))
                .orElseThrow();
        long limit = Long.parseLong(environment.get("CARAVAN_SPOOL_LIMIT_BYTES"));
        assertThat((double) limit).isLessThan(amount(spool.getEmptyDir().getSizeLimit()));
        assertThat(limit)
                .as("a payload")
                .isGreaterThanOrEqualTo(((Number) setting("caravan.limits.payload-bytes")).longValue());
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void whatIsWrittenToIsAVolume(Manifests manifests) {
        var pod = manifests.deployment().getSpec().getTemplate();
        var environment = manifests.environment(main(pod));
        for (String name : List.of("CARAVAN_SPOOL", "CARAVAN_INBOX", "CARAVAN_UPLOADS")) {
            assertThat(Manifests.volumeOf(pod, main(pod), environment.get(name)))
                    .as(name)
                    .hasValueSatisfying(
                            volume -> assertThat(volume.getEmptyDir()).isNotNull());
        }
        assertThat(manifests.pods()).allSatisfy(each -> assertThat(Manifests.volumeOf(each, main(each), "/tmp"))
                .hasValueSatisfying(volume -> assertThat(volume.getEmptyDir()).isNotNull()));
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void aPayloadInHandIsFinishedBeforeTheProcessIsKilled(Manifests manifests) throws IOException {
        int seconds = (Integer) setting("camel.main.shutdown-timeout") + SECONDS_FOR_REQUESTS;
        assertThat(manifests.deployment().getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds())
                .isGreaterThan(seconds);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void imagesHaveANameAndAFixedTag(Manifests manifests) {
        var images = new ArrayList<>(
                manifests.containers().stream().map(Container::getImage).toList());
        manifests
                .of(DatabaseCluster.class)
                .forEach(cluster -> images.add(cluster.spec().imageName()));
        assertThat(images).allMatch(image -> image.matches("[a-z0-9.-]+/[a-z0-9/-]+:[0-9][A-Za-z0-9._-]*"));
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void selectorsFindTheServersAndNothingElse(Manifests manifests) {
        var deployment = manifests.deployment();
        var found = List.of(deployment.getSpec().getTemplate());
        assertThat(matching(manifests, deployment.getSpec().getSelector())).isEqualTo(found);
        assertThat(manifests.of(PodDisruptionBudget.class)).hasSize(1).allSatisfy(budget -> {
            assertThat(matching(manifests, budget.getSpec().getSelector())).isEqualTo(found);
            assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isPositive();
        });
        assertThat(manifests.of(Service.class)).hasSize(1).allSatisfy(service -> assertThat(matching(
                        manifests, new LabelSelector(null, service.getSpec().getSelector())))
                .isEqualTo(found));
        assertThat(found.get(0).getSpec().getTopologySpreadConstraints())
                .extracting(constraint -> constraint.getTopologyKey())
                .containsExactly("kubernetes.io/hostname", "topology.kubernetes.io/zone");
        assertThat(found.get(0).getSpec().getTopologySpreadConstraints())
                .allSatisfy(constraint -> assertThat(matching(manifests, constraint.getLabelSelector()))
                        .isEqualTo(found));
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void portsAreNamedAndMeanTheSameEverywhere(Manifests manifests) throws IOException {
        Container server = main(manifests.deployment().getSpec().getTemplate());
        Map<String, Integer> ports = server.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
        assertThat(ports)
                .containsExactlyEntriesOf(Map.of(
                        "http", Integer.valueOf(manifests.environment(server).get("CARAVAN_HTTP_PORT"))));
        var service = manifests.of(Service.class).get(0);
        assertThat(service.getSpec().getPorts()).allSatisfy(port -> assertThat(ports)
                .containsKey(port.getTargetPort().getStrVal()));
        assertThat(manifests.of(Route.class)).hasSize(1).allSatisfy(route -> {
            assertThat(route.getSpec().getTo().getName())
                    .isEqualTo(service.getMetadata().getName());
            assertThat(service.getSpec().getPorts()).anySatisfy(port -> assertThat(port.getName())
                    .isEqualTo(route.getSpec().getPort().getTargetPort().getStrVal()));
            assertThat(route.getSpec().getTls().getTermination()).isEqualTo("edge");
            assertThat(route.getSpec().getTls().getInsecureEdgeTerminationPolicy())
                    .isEqualTo("Redirect");
        });
        for (NetworkPolicy policy : manifests.of(NetworkPolicy.class)) {
            assertThat(policy.getSpec().getIngress())
                    .allSatisfy(rule -> assertThat(rule.getPorts()).isNotEmpty().allSatisfy(port -> assertThat(ports)
                            .containsKey(port.getPort().getStrVal())));
        }
        for (Probe probe : List.of(server.getStartupProbe(), server.getLivenessProbe(), server.getReadinessProbe())) {
            assertThat(ports).containsKey(probe.getHttpGet().getPort().getStrVal());
            assertThat(addressesServed()).contains(probe.getHttpGet().getPath());
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyVariableIsASetting(Manifests manifests) throws IOException {
        var known = new TreeSet<>(Set.of("JAVA_TOOL_OPTIONS"));
        PLACEHOLDER
                .matcher(Files.readString(Path.of("config/application.yaml")))
                .results()
                .forEach(found -> known.add(found.group(1)));
        assertThat(manifests.containers()).allSatisfy(container -> assertThat(known)
                .containsAll(manifests.environment(container).keySet()));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void secretsAreOnlyReferredTo(Manifests manifests) {
        for (PodTemplateSpec pod : manifests.pods()) {
            for (Container container : pod.getSpec().getContainers()) {
                assertThat(container.getEnvFrom())
                        .allSatisfy(source -> assertThat(source.getSecretRef()).isNull());
                manifests.environment(container).forEach((name, value) -> {
                    if (name.endsWith("PASSWORD") || name.endsWith("_KEY") || name.equals("DATABASE_URI")) {
                        assertThat(value).as(name).isNull();
                    } else if (name.endsWith("PASSWORD_FILE") || name.endsWith("KEY_FILE")) {
                        assertThat(Manifests.volumeOf(pod, container, value))
                                .as(name)
                                .hasValueSatisfying(
                                        volume -> assertThat(volume.getSecret()).isNotNull());
                    } else if (name.endsWith("CA_FILE")) {
                        assertThat(authorities(pod, container)).as(name).contains(value);
                    } else if (name.equals("CARAVAN_DATABASE_URL") && value.contains("sslrootcert=")) {
                        assertThat(authorities(pod, container))
                                .as(name)
                                .contains(value.substring(value.indexOf("sslrootcert=") + "sslrootcert=".length()));
                    }
                });
            }
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyConfigMapIsGeneratedAndUsed(Manifests manifests) {
        Set<String> used = new TreeSet<>();
        for (PodTemplateSpec pod : manifests.pods()) {
            pod.getSpec().getVolumes().stream()
                    .filter(volume -> volume.getConfigMap() != null)
                    .forEach(volume -> used.add(volume.getConfigMap().getName()));
            main(pod)
                    .getEnvFrom()
                    .forEach(source -> used.add(source.getConfigMapRef().getName()));
        }
        assertThat(used).allMatch(name -> HASH.matcher(name).matches());
        assertThat(manifests.of(ConfigMap.class).stream()
                        .map(map -> map.getMetadata().getName()))
                .containsExactlyInAnyOrderElementsOf(used);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyRouteAndEveryFileOfTheConfigurationIsMountedWhereTheProcessLooks(Manifests manifests) throws IOException {
        var pod = manifests.deployment().getSpec().getTemplate();
        Map<String, String> mounted = new TreeMap<>();
        for (var mount : main(pod).getVolumeMounts()) {
            var volume =
                    Manifests.volumeOf(pod, main(pod), mount.getMountPath()).orElseThrow();
            if (volume.getConfigMap() != null) {
                manifests
                        .configMap(volume.getConfigMap().getName())
                        .orElseThrow()
                        .getData()
                        .forEach((file, text) -> mounted.put(mount.getMountPath() + "/" + file, text));
            }
        }
        Map<String, String> expected = new TreeMap<>();
        for (String folder : List.of("config", "routes")) {
            try (var files = Files.walk(Path.of(folder))) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
                    expected.put(HOME + "/" + file, Files.readString(file));
                }
            }
        }
        assertThat(main(pod).getWorkingDir()).isEqualTo(HOME);
        assertThat(mounted.keySet())
                .as("files listed in config/Kustomization and routes/Kustomization")
                .isEqualTo(expected.keySet());
        assertThat(mounted).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyTopicOfTheConfigurationIsMade(Manifests manifests) throws IOException {
        var topics = manifests.of(KafkaTopic.class);
        assertThat(topics.stream().map(KafkaTopic::topic))
                .containsExactlyInAnyOrderElementsOf(((Map<?, ?>) setting("caravan.topics"))
                        .values().stream().map(Object::toString).toList());
        assertThat(topics).allMatch(topic -> topic.spec().partitions() == 6);
    }

    @Test
    void replicasFollowTheLagUpToTheNumberOfPartitionsOnSeveralNodes() throws IOException {
        var manifests = overlays()
                .filter(each -> each.folder().endsWith("high-availability"))
                .findFirst()
                .orElseThrow();
        var deployment = manifests.deployment();
        assertThat(manifests.of(ScaledObject.class)).hasSize(1);
        var scaling = manifests.of(ScaledObject.class).get(0).spec();
        assertThat(scaling.scaleTargetRef().name())
                .isEqualTo(deployment.getMetadata().getName());
        assertThat(deployment.getSpec().getReplicas()).isNull();
        assertThat(scaling.minReplicaCount()).isGreaterThan(1);
        assertThat(deployment.getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                .anySatisfy(constraint -> {
                    assertThat(constraint.getTopologyKey()).isEqualTo("kubernetes.io/hostname");
                    assertThat(constraint.getWhenUnsatisfiable()).isEqualTo("DoNotSchedule");
                });
        Map<String, Integer> partitions = manifests.of(KafkaTopic.class).stream()
                .collect(Collectors.toMap(
                        KafkaTopic::topic, topic -> topic.spec().partitions()));
        var environment = manifests.environment(main(deployment.getSpec().getTemplate()));
        for (var trigger : scaling.triggers()) {
            assertThat(trigger.type()).isEqualTo("kafka");
            assertThat(scaling.maxReplicaCount())
                    .isLessThanOrEqualTo(partitions.get(trigger.metadata().get("topic")));
            assertThat(setting("caravan.kafka.group").toString())
                    .contains(":" + trigger.metadata().get("consumerGroup") + "}");
            assertThat(trigger.metadata())
                    .containsEntry("excludePersistentLag", "true")
                    .containsEntry("allowIdleConsumers", "false");
            assertThat(environment).containsKey(trigger.metadata().get("bootstrapServersFromEnv"));
            assertThat(manifests.of(TriggerAuthentication.class)).anySatisfy(login -> {
                assertThat(login.metadata().getName())
                        .isEqualTo(trigger.authenticationRef().name());
                assertThat(environment)
                        .containsKeys(login.spec().env().stream()
                                .map(TriggerAuthentication.OfContainer::name)
                                .toArray(String[]::new));
            });
        }
        assertThat(scaling.triggers().stream().map(trigger -> trigger.metadata().get("topic")))
                .containsExactly(
                        setting("caravan.topics.announce").toString(),
                        setting("caravan.topics.upload").toString());
    }

    @ParameterizedTest
    @MethodSource("production")
    void productionHasWhatItRequires(Manifests manifests) {
        var environment =
                manifests.environment(main(manifests.deployment().getSpec().getTemplate()));
        assertThat(environment)
                .containsEntry("CARAVAN_PROFILE", "production")
                .containsEntry("CARAVAN_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
                .containsKeys("CARAVAN_KAFKA_SASL_USERNAME", "CARAVAN_KAFKA_SASL_PASSWORD_FILE");
        assertThat(environment.get("CARAVAN_DATABASE_URL"))
                .startsWith("jdbc:postgresql://")
                .contains("sslmode=verify-full");
        assertThat(environment.get("CARAVAN_KAFKA_BROKERS")).isNotBlank();
        assertThat(environment.get("CARAVAN_S3_ENDPOINT")).startsWith("https://");
        assertThat(environment.get("CARAVAN_QUARANTINE_BUCKET"))
                .isNotBlank()
                .isNotEqualTo(environment.get("CARAVAN_S3_INTAKE_BUCKET"));
        assertThat(environment.get("CARAVAN_HTTP_TRUSTED_NETWORKS")).isEmpty();
        assertThat(environment).doesNotContainKey("CARAVAN_DATABASE_MIGRATION_USERNAME");
    }

    @ParameterizedTest
    @MethodSource("production")
    void theDatabaseIsMigratedInARoleThatTheServersDoNotHave(Manifests manifests) {
        assertThat(manifests.of(Job.class)).hasSize(1);
        var pod = manifests.of(Job.class).get(0).getSpec().getTemplate();
        assertThat(main(pod).getArgs()).containsExactly("migrate");
        var variables = main(pod).getEnv().stream()
                .filter(variable -> variable.getValueFrom() != null)
                .collect(Collectors.toMap(
                        variable -> variable.getName(),
                        variable -> variable.getValueFrom().getSecretKeyRef().getName()));
        assertThat(variables.get("CARAVAN_DATABASE_MIGRATION_USERNAME"))
                .isNotEqualTo(variables.get("CARAVAN_DATABASE_USERNAME"));
        String secret = Manifests.volumeOf(
                        pod,
                        main(pod),
                        manifests.environment(main(pod)).get("CARAVAN_DATABASE_MIGRATION_PASSWORD_FILE"))
                .orElseThrow()
                .getSecret()
                .getSecretName();
        assertThat(variables).containsEntry("CARAVAN_DATABASE_MIGRATION_USERNAME", secret);
        assertThat(manifests.deployment().getSpec().getTemplate().getSpec().getVolumes())
                .noneMatch(volume -> volume.getSecret() != null
                        && volume.getSecret().getSecretName().equals(secret));
        assertThat(manifests.of(DatabaseCluster.class)).allSatisfy(cluster -> {
            assertThat(cluster.spec().bootstrap().initdb().secret().getName()).isEqualTo(secret);
            assertThat(cluster.spec().managed().roles()).allSatisfy(role -> {
                assertThat(role.passwordSecret().getName()).isEqualTo(variables.get("CARAVAN_DATABASE_USERNAME"));
                assertThat(role.superuser() || role.createdb() || role.createrole())
                        .isFalse();
            });
        });
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void nobodyIsReachedButThePeers(Manifests manifests) {
        var policies = manifests.of(NetworkPolicy.class);
        assertThat(policies).allSatisfy(policy -> assertThat(
                        matching(manifests, policy.getSpec().getPodSelector()))
                .as(policy.getMetadata().getName())
                .isNotEmpty());
        assertThat(policies).as("all pods are closed unless opened").anySatisfy(policy -> {
            assertThat(policy.getSpec().getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
            assertThat(policy.getSpec().getIngress()).isEmpty();
            assertThat(policy.getSpec().getEgress()).isEmpty();
            assertThat(matching(manifests, policy.getSpec().getPodSelector())).isEqualTo(manifests.pods());
        });
        Set<Map<String, String>> peers = new HashSet<>();
        manifests
                .of(KafkaTopic.class)
                .forEach(topic -> peers.add(topic.metadata().getLabels()));
        manifests
                .of(DatabaseCluster.class)
                .forEach(cluster ->
                        peers.add(Map.of("cnpg.io/cluster", cluster.metadata().getName())));
        assertThat(policies.stream()
                        .flatMap(policy -> policy.getSpec().getEgress().stream())
                        .flatMap(rule -> rule.getTo().stream())
                        .filter(peer -> peer.getPodSelector() != null)
                        .map(peer -> peer.getPodSelector().getMatchLabels()))
                .isNotEmpty()
                .allMatch(peers::contains);
        assertThat(policies.stream().flatMap(policy -> policy.getSpec().getIngress().stream()))
                .allSatisfy(rule -> assertThat(rule.getFrom()).isNotEmpty());
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyConfiguredServerIsReached(Manifests manifests) {
        for (PodTemplateSpec pod : manifests.pods()) {
            var open = manifests.of(NetworkPolicy.class).stream()
                    .filter(policy -> matches(policy.getSpec().getPodSelector(), pod))
                    .flatMap(policy -> policy.getSpec().getEgress().stream())
                    .flatMap(rule -> rule.getPorts().stream())
                    .map(port -> port.getPort().getIntVal())
                    .toList();
            var environment = manifests.environment(main(pod));
            assertThat(open).contains(portOf(environment.get("CARAVAN_DATABASE_URL")));
            if (main(pod).getArgs().contains("run")) {
                assertThat(open)
                        .contains(
                                portOf(environment.get("CARAVAN_KAFKA_BROKERS")),
                                portOf(environment.get("CARAVAN_S3_ENDPOINT")));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void namesAreUniqueAndNoNamespaceIsFixed(Manifests manifests) {
        var objects = manifests.of(HasMetadata.class);
        assertThat(objects.stream()
                        .map(object ->
                                object.getKind() + " " + object.getMetadata().getName()))
                .doesNotHaveDuplicates();
        assertThat(objects).allSatisfy(object -> assertThat(object.getMetadata().getNamespace())
                .isNull());
    }

    private static Stream<Manifests> built(String parent) throws IOException {
        try (var folders = Files.list(ROOT.resolve(parent))) {
            return folders
                    .filter(Files::isDirectory)
                    .sorted()
                    .map(folder -> BUILT.computeIfAbsent(folder, Manifests::build))
                    .toList()
                    .stream();
        }
    }

    /** The only container of a pod. */
    private static Container main(PodTemplateSpec pod) {
        assertThat(pod.getSpec().getContainers()).hasSize(1);
        return pod.getSpec().getContainers().get(0);
    }

    private static double amount(Quantity quantity) {
        assertThat(quantity).isNotNull();
        return Quantity.getAmountInBytes(quantity).doubleValue();
    }

    private static List<PodTemplateSpec> matching(Manifests manifests, LabelSelector selector) {
        return manifests.pods().stream().filter(pod -> matches(selector, pod)).toList();
    }

    private static boolean matches(LabelSelector selector, PodTemplateSpec pod) {
        return pod.getMetadata()
                .getLabels()
                .entrySet()
                .containsAll(selector.getMatchLabels().entrySet());
    }

    /** Files with the certificates to trust. */
    private static List<String> authorities(PodTemplateSpec pod, Container container) {
        List<String> files = new ArrayList<>();
        for (var mount : container.getVolumeMounts()) {
            Manifests.volumeOf(pod, container, mount.getMountPath())
                    .filter(volume -> volume.getProjected() != null)
                    .ifPresent(volume -> volume.getProjected().getSources().stream()
                            .flatMap(source -> source.getSecret().getItems().stream())
                            .forEach(item -> files.add(mount.getMountPath() + "/" + item.getPath())));
        }
        return files;
    }

    private static int portOf(String address) {
        var port = Pattern.compile(":(\\d+)").matcher(address);
        if (port.find()) {
            return Integer.parseInt(port.group(1));
        }
        assertThat(address).startsWith("https://");
        return 443;
    }

    private static Set<String> addressesServed() throws IOException {
        Set<String> addresses = new TreeSet<>();
        try (var files = Files.list(Path.of("routes/api"))) {
            for (Path file : files.toList()) {
                Pattern.compile("uri: platform-http:(\\S+)")
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(found -> addresses.add(found.group(1)));
            }
        }
        return addresses;
    }

    /** What stands in config/application.yaml under a path of keys. */
    private static Object setting(String path) throws IOException {
        Object value = new Yaml().load(Files.readString(Path.of("config/application.yaml")));
        for (String key : path.split("\\.")) {
            value = ((Map<?, ?>) value).get(key);
        }
        assertThat(value).as(path).isNotNull();
        return value;
    }
}
