package dev.caravan.bench;

import java.util.List;
import java.util.stream.IntStream;

/** What Nova keeps of the request for a server: some 2.5 to 4 KB of JSON of which a timeline needs two texts. */
final class RequestSpecText {
    private static final String SPEC =
            """
            {"nova_object.name": "RequestSpec", "nova_object.namespace": "nova", "nova_object.version": "1.14", \
            "nova_object.data": {"image": {"nova_object.name": "ImageMeta", "nova_object.namespace": "nova", \
            "nova_object.version": "1.8", "nova_object.data": {"id": "7f3c9a52-0d1e-4b8f-9a47-52c1de8b0f66", \
            "name": "Ubuntu 22.04 for bare metal", "status": "active", "checksum": "c1b7d5f03a9e4c6288c5f1d7a0e2b394", \
            "owner": "a40f6d3b1c9e4782b5d60e13f7a8c925", "size": 2147483648, "container_format": "bare", \
            "disk_format": "qcow2", "created_at": "2021-03-04T10:11:12Z", "updated_at": "2022-05-06T07:08:09Z", \
            "min_ram": 0, "min_disk": 0, "properties": {"nova_object.name": "ImageMetaProps", \
            "nova_object.namespace": "nova", "nova_object.version": "1.33", "nova_object.data": {%1$s}, \
            "nova_object.changes": ["hw_architecture"]}}, "nova_object.changes": ["status", "name", "id", "size", \
            "properties", "min_disk", "min_ram", "owner", "checksum", "disk_format", "container_format", "created_at", \
            "updated_at"]}, "numa_topology": null, "pci_requests": {"nova_object.name": "InstancePCIRequests", \
            "nova_object.namespace": "nova", "nova_object.version": "1.1", "nova_object.data": {"instance_uuid": \
            "%2$s", "requests": []}, "nova_object.changes": ["requests"]}, "project_id": \
            "0e5d7b9a1c3f4862a8b4c6d0e2f19375", "user_id": "d94b17c3f0e2456891ab73cd5e6f0824", "availability_zone": null, \
            "flavor": {"nova_object.name": "Flavor", "nova_object.namespace": "nova", "nova_object.version": "1.2", \
            "nova_object.data": {"id": 7, "name": "%3$s", "memory_mb": 131072, "vcpus": 48, "root_gb": 500, \
            "ephemeral_gb": 0, "flavorid": "%3$s", "swap": 0, "rxtx_factor": 1.0, "vcpu_weight": 0, "disabled": false, \
            "is_public": true, "extra_specs": {"resources:CUSTOM_BAREMETAL": "1", "resources:VCPU": "0", \
            "resources:MEMORY_MB": "0", "resources:DISK_GB": "0"}, "description": null, "created_at": \
            "2020-01-02T03:04:05Z", "updated_at": null, "deleted_at": null, "deleted": false}, "nova_object.changes": \
            ["extra_specs"]}, "num_instances": 1, "ignore_hosts": null, "force_hosts": null, "force_nodes": null, \
            "limits": {"nova_object.name": "SchedulerLimits", "nova_object.namespace": "nova", "nova_object.version": \
            "1.0", "nova_object.data": {"numa_topology": null, "vcpu": null, "disk_gb": null, "memory_mb": null}, \
            "nova_object.changes": ["memory_mb", "vcpu", "disk_gb", "numa_topology"]}, "instance_group": null, \
            "requested_destination": null, "retry": null, "scheduler_hints": {%4$s}, "instance_uuid": "%2$s", \
            "security_groups": {"nova_object.name": "SecurityGroupList", "nova_object.namespace": "nova", \
            "nova_object.version": "1.1", "nova_object.data": {"objects": [{"nova_object.name": "SecurityGroup", \
            "nova_object.namespace": "nova", "nova_object.version": "1.2", "nova_object.data": {"uuid": \
            "5b2e8d41-97c6-4f0a-b3d8-1e6a0c4f7259"}, "nova_object.changes": ["uuid"]}]}, "nova_object.changes": \
            ["objects"]}, "network_metadata": {"nova_object.name": "NetworkMetadata", "nova_object.namespace": "nova", \
            "nova_object.version": "1.0", "nova_object.data": {"physnets": [], "tunneled": false}, \
            "nova_object.changes": ["physnets", "tunneled"]}, "is_bfv": false, "requested_resources": [], \
            "request_level_params": null}, "nova_object.changes": ["image", "num_instances", "flavor", \
            "scheduler_hints", "instance_uuid", "project_id", "user_id", "limits", "pci_requests", "security_groups"]}""";
    private static final String PROPERTY =
            "\"hw_property_%d\": \"of no importance to a timeline, as most of what stands here\", ";
    private static final int MOST_PROPERTIES = 16;

    /** The spec as one CSV cell with places for the texts, by how many properties the image has. */
    private static final List<String[]> CELLS = IntStream.rangeClosed(0, MOST_PROPERTIES)
            .mapToObj(RequestSpecText::cell)
            .toList();

    private RequestSpecText() {}

    /**
     * The JSON as a cell of a CSV file.
     *
     * @param reservation hinted at; null for none
     */
    static String cell(String instance, String flavor, String reservation, int number) {
        String[] parts = CELLS.get(number % CELLS.size());
        String hint = reservation == null ? "" : "\"\"reservation\"\": [\"\"" + reservation + "\"\"]";
        return parts[0] + instance + parts[1] + flavor + parts[2] + flavor + parts[3] + hint + parts[4] + instance
                + parts[5];
    }

    private static String[] cell(int properties) {
        var text = new StringBuilder();
        for (int i = 0; i < properties; i++) {
            text.append(PROPERTY.formatted(i));
        }
        text.append("\"hw_architecture\": \"x86_64\"");
        String cell = SPEC.formatted(text, "\0", "\0", "\0");
        return ("\"" + cell.replace("\"", "\"\"") + "\"").split("\0", -1);
    }
}
