package dev.caravan.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;

/** How KEDA logs in where it looks, as far as it is used here; keda.sh/v1alpha1. */
record TriggerAuthentication(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {
    record Spec(List<OfContainer> env, List<OfSecret> secretTargetRef) {}

    record OfContainer(String parameter, String name, String containerName) {}

    record OfSecret(String parameter, String name, String key) {}
}
