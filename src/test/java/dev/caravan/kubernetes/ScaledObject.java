package dev.caravan.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;

/** What KEDA scales by, as far as it is used here; keda.sh/v1alpha1. */
record ScaledObject(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {
    record Spec(
            Target scaleTargetRef,
            Integer pollingInterval,
            Integer cooldownPeriod,
            int minReplicaCount,
            int maxReplicaCount,
            List<Trigger> triggers) {}

    record Target(String apiVersion, String kind, String name, String envSourceContainerName) {}

    /** @param metadata of type kafka; KEDA takes texts only */
    record Trigger(String type, String name, Map<String, String> metadata, Reference authenticationRef) {}

    record Reference(String name, String kind) {}
}
