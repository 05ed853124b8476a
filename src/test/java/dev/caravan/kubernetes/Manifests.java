package dev.caravan.kubernetes;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** What `kubectl kustomize` makes of a folder, read strictly: what a kind does not know is an error. */
record Manifests(Path folder, List<Object> all) {
    private static final Map<String, Class<?>> KINDS = Map.ofEntries(
            entry("v1 ConfigMap", ConfigMap.class),
            entry("v1 Service", Service.class),
            entry("v1 ServiceAccount", ServiceAccount.class),
            entry("apps/v1 Deployment", Deployment.class),
            entry("batch/v1 Job", Job.class),
            entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
            entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
            entry("route.openshift.io/v1 Route", Route.class),
            entry("kafka.strimzi.io/v1beta2 KafkaTopic", KafkaTopic.class),
            entry("postgresql.cnpg.io/v1 Cluster", DatabaseCluster.class),
            entry("keda.sh/v1alpha1 ScaledObject", ScaledObject.class),
            entry("keda.sh/v1alpha1 TriggerAuthentication", TriggerAuthentication.class));
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new NothingUnknown())
            .build();

    /** Builds the folder, which fails where kubectl does or is missing. */
    static Manifests build(Path folder) {
        try {
            Path errors = Files.createTempFile("kustomize", ".err");
            try {
                Process kubectl = start(folder, errors);
                String manifests = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(kubectl.waitFor())
                        .as("kubectl kustomize %s: %s", folder, Files.readString(errors))
                        .isZero();
                return new Manifests(folder, read(manifests));
            } finally {
                Files.delete(errors);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Process start(Path folder, Path errors) {
        try {
            return new ProcessBuilder("kubectl", "kustomize", folder.toString())
                    .redirectError(errors.toFile())
                    .start();
        } catch (IOException e) {
            String missing = "kubectl is missing: install it, on Debian by `apt-get install kubernetes-client`";
            // Whoever has no use for Kubernetes can run all other tests.
            assumeTrue(System.getenv("CI") != null, missing);
            throw new AssertionError(missing, e);
        }
    }

    /** Documents of YAML as what they say they are. */
    static List<Object> read(String documents) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        List<Object> all = new ArrayList<>();
        for (Object document : new Yaml(options).loadAll(documents)) {
            var tree = STRICT.valueToTree(document);
            String kind =
                    tree.path("apiVersion").asText() + " " + tree.path("kind").asText();
            assertThat(KINDS).as("kinds that are known").containsKey(kind);
            all.add(STRICT.convertValue(document, KINDS.get(kind)));
        }
        return all;
    }

    <T> List<T> of(Class<T> type) {
        return all.stream().filter(type::isInstance).map(type::cast).toList();
    }

    Deployment deployment() {
        assertThat(of(Deployment.class)).hasSize(1);
        return of(Deployment.class).get(0);
    }

    List<PodTemplateSpec> pods() {
        return Stream.concat(
                        of(Deployment.class).stream()
                                .map(deployment -> deployment.getSpec().getTemplate()),
                        of(Job.class).stream().map(job -> job.getSpec().getTemplate()))
                .toList();
    }

    /** Of all pods, those that start first included. */
    List<Container> containers() {
        return pods().stream()
                .map(PodTemplateSpec::getSpec)
                .flatMap(pod -> Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream()))
                .toList();
    }

    Optional<ConfigMap> configMap(String name) {
        return of(ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getName().equals(name))
                .findFirst();
    }

    /** Names and values; what a Secret holds has the value null. */
    Map<String, String> environment(Container container) {
        var environment = new HashMap<String, String>();
        for (var source : container.getEnvFrom()) {
            configMap(source.getConfigMapRef().getName()).ifPresent(map -> environment.putAll(map.getData()));
        }
        container.getEnv().forEach(variable -> environment.put(variable.getName(), variable.getValue()));
        return environment;
    }

    /** The volume that a file of a container lies on. */
    static Optional<Volume> volumeOf(PodTemplateSpec pod, Container container, String file) {
        return container.getVolumeMounts().stream()
                .filter(mount -> file.startsWith(mount.getMountPath() + "/") || file.equals(mount.getMountPath()))
                .map(VolumeMount::getName)
                .flatMap(name -> pod.getSpec().getVolumes().stream()
                        .filter(volume -> volume.getName().equals(name)))
                .findFirst();
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    /** The models keep what they do not know in a map; without it, it is an error. */
    private static final class NothingUnknown extends JacksonAnnotationIntrospector {
        @Override
        public Boolean hasAnySetter(Annotated member) {
            return false;
        }
    }
}
