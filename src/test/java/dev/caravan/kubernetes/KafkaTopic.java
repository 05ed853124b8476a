package dev.caravan.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;

/** What Strimzi makes a topic from; kafka.strimzi.io/v1beta2. */
record KafkaTopic(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {
    record Spec(String topicName, int partitions, Integer replicas, Map<String, Object> config) {}

    String topic() {
        return spec.topicName() == null ? metadata.getName() : spec.topicName();
    }
}
