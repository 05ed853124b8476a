package dev.caravan.kubernetes;

import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.List;
import java.util.Map;

/** What CloudNativePG makes a PostgreSQL from, as far as it is used here; postgresql.cnpg.io/v1, kind Cluster. */
record DatabaseCluster(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {
    record Spec(
            int instances,
            String imageName,
            String primaryUpdateStrategy,
            Bootstrap bootstrap,
            Managed managed,
            Postgresql postgresql,
            Storage storage,
            Storage walStorage,
            ResourceRequirements resources,
            Affinity affinity) {}

    record Bootstrap(Initdb initdb) {}

    record Initdb(String database, String owner, LocalObjectReference secret) {}

    record Managed(List<Role> roles) {}

    record Role(
            String name,
            String ensure,
            boolean login,
            boolean superuser,
            boolean createdb,
            boolean createrole,
            LocalObjectReference passwordSecret) {}

    record Postgresql(Map<String, String> parameters) {}

    record Storage(String size, String storageClass) {}

    record Affinity(boolean enablePodAntiAffinity, String topologyKey, String podAntiAffinityType) {}
}
