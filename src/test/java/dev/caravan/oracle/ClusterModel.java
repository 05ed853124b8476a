package dev.caravan.oracle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An imaginary cluster whose every figure follows from a seed, an entity and an hour.
 *
 * <p>Two reports over overlapping hours therefore agree where they overlap, as the growing files of an operator's day
 * do. What is in it on purpose:
 *
 * <ul>
 *   <li>nodes in the roles master, infra and worker; every tenth node is a master
 *   <li>namespaces inside and outside the platform's name patterns, with and without labels; pods of {@code
 *       openshift-kube-apiserver} run on masters only
 *   <li>pods that use more than they request and the other way round, without requests, without limits, without
 *       labels, with labels nobody can read
 *   <li>volume 0 mounted by pods on two nodes, volume 1 unclaimed, volume 2 claimed by a pod the pod report does not
 *       know
 *   <li>the keys {@code environment} and {@code zone} at several places, so that it matters which label wins
 *   <li>the last pods are virtual machines; GPUs, every second one cut into two slices
 * </ul>
 */
public final class ClusterModel {
    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;

    /**
     * How much of everything.
     *
     * @param machines pods that are virtual machines, among {@code pods}
     * @param labels label keys a pod carries
     */
    public record Sizes(int nodes, int namespaces, int pods, int volumes, int machines, int gpus, int labels) {

        /** One of every special case and little else. */
        public static Sizes small() {
            return new Sizes(4, 6, 24, 6, 2, 2, 4);
        }

        /** So many pods, and the rest in proportion. */
        public static Sizes ofPods(int pods) {
            return new Sizes(
                    Math.max(4, pods / 40),
                    Math.max(6, pods / 25),
                    pods,
                    Math.max(6, pods / 10),
                    Math.max(2, pods / 100),
                    Math.max(2, pods / 200),
                    6);
        }
    }

    public record Node(int number, String name, String role, String resourceId, int cores, long bytes, String labels) {}

    public record Namespace(String name, String labels) {}

    /** Requests are those of an hour: microseconds of a core, bytes times seconds. */
    public record Pod(
            int number,
            String namespace,
            String name,
            int homeNode,
            long requestCpuMicros,
            long requestByteSeconds,
            boolean requests,
            boolean limits,
            String labels) {}

    /** A volume's mount; pod and namespace are empty texts where nothing mounts it. */
    public record Mount(String namespace, String podName, Pod pod) {}

    public record Volume(
            int number,
            String name,
            String claim,
            String storageClass,
            long bytes,
            List<Mount> mounts,
            String labels,
            String claimLabels) {}

    private record Move(String pod, int node, Instant from) {}

    /** One hour's row, given the hour and its four leading date columns. */
    private interface Line {
        String[] of(Instant hour, String[] dates);
    }

    private final long seed;
    private final Sizes sizes;
    private final List<Move> moves;
    private final List<Node> nodes;
    private final List<Namespace> namespaces;
    private final List<Pod> pods;
    private final List<Volume> volumes;

    private ClusterModel(long seed, Sizes sizes, List<Move> moves) {
        this.seed = seed;
        this.sizes = sizes;
        this.moves = List.copyOf(moves);
        this.nodes = IntStream.range(0, sizes.nodes()).mapToObj(this::node).toList();
        this.namespaces =
                IntStream.range(0, sizes.namespaces()).mapToObj(this::namespace).toList();
        this.pods = IntStream.range(0, sizes.pods()).mapToObj(this::pod).toList();
        this.volumes =
                IntStream.range(0, sizes.volumes()).mapToObj(this::volume).toList();
    }

    public static ClusterModel of(long seed, Sizes sizes) {
        return new ClusterModel(seed, sizes, List.of());
    }

    public static ClusterModel small(long seed) {
        return of(seed, Sizes.small());
    }

    /** The same cluster, but from an hour on the pod of this name runs on another node. */
    public ClusterModel moving(String pod, int node, Instant from) {
        List<Move> more = new ArrayList<>(moves);
        more.add(new Move(pod, node, from));
        return new ClusterModel(seed, sizes, more);
    }

    public List<Node> nodes() {
        return nodes;
    }

    public List<Namespace> namespaces() {
        return namespaces;
    }

    public List<Pod> pods() {
        return pods;
    }

    public List<Volume> volumes() {
        return volumes;
    }

    /** All six reports of these hours, in the order of the operator's file names. */
    public List<Report> reports(Hours hours) {
        return List.of(
                namespaceLabels(hours),
                nodeLabels(hours),
                gpus(hours),
                podUsage(hours),
                storageUsage(hours),
                machines(hours));
    }

    public Report podUsage(Hours hours) {
        return report(
                ReportKind.POD,
                hours,
                pods.stream()
                        .<Line>map(pod -> (hour, dates) -> podLine(pod, hour, dates))
                        .toList());
    }

    public Report storageUsage(Hours hours) {
        List<Line> lines = new ArrayList<>();
        for (Volume volume : volumes) {
            for (Mount mount : volume.mounts()) {
                lines.add((hour, dates) -> storageLine(volume, mount, hour, dates));
            }
        }
        return report(ReportKind.STORAGE, hours, lines);
    }

    public Report nodeLabels(Hours hours) {
        return report(
                ReportKind.NODE_LABELS,
                hours,
                nodes.stream()
                        .<Line>map(node -> (hour, dates) -> cells(dates, node.name(), node.labels()))
                        .toList());
    }

    public Report namespaceLabels(Hours hours) {
        return report(
                ReportKind.NAMESPACE_LABELS,
                hours,
                namespaces.stream()
                        .<Line>map(namespace -> (hour, dates) -> cells(dates, namespace.name(), namespace.labels()))
                        .toList());
    }

    /** The virtual machines: the last pods. */
    public Report machines(Hours hours) {
        return report(
                ReportKind.VM,
                hours,
                pods.stream()
                        .filter(this::isMachine)
                        .<Line>map(pod -> (hour, dates) -> machineLine(pod, hour, dates))
                        .toList());
    }

    /** Whole GPUs, and every second one as two slices. */
    public Report gpus(Hours hours) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < sizes.gpus(); i++) {
            int number = i;
            Pod pod = pods.get(i % pods.size());
            if (i % 2 == 0) {
                lines.add((hour, dates) -> gpuLine(number, pod, hour, dates, "Tesla T4", 15360, "", "", "", ""));
            } else {
                lines.add((hour, dates) -> gpuLine(
                        number, pod, hour, dates, "A100", 40960, "7", "MIG-" + number + "-a", "1g.5gb", "mixed"));
                lines.add((hour, dates) -> gpuLine(
                        number, pod, hour, dates, "A100", 40960, "7", "MIG-" + number + "-b", "3g.20gb", "mixed"));
            }
        }
        return report(ReportKind.GPU, hours, lines);
    }

    private static Report report(ReportKind kind, Hours hours, List<Line> lines) {
        Supplier<Stream<String[]>> rows = () -> hours.each().flatMap(hour -> {
            String[] dates = Report.dates(hour);
            return lines.stream().map(line -> line.of(hour, dates));
        });
        return new Report(kind, PayloadWriter.monthOf(hours.from()), kind.header(), rows);
    }

    private Node node(int number) {
        boolean master = number % 10 == 0;
        boolean infra = number % 10 == 1 && sizes.nodes() >= 3;
        int cores = 4 << dice(Dice.NODE, number, 0, 4);
        String labels = "label_kubernetes_io_arch:amd64|label_zone:z" + number % 3
                + (infra ? "|label_node_role_kubernetes_io:infra" : "")
                + (number % 2 == 0 ? "|label_environment:node" : "");
        return new Node(
                number,
                "ip-10-0-%d-%d".formatted(number / 250, number % 250),
                master ? "master" : infra ? "infra" : "worker",
                "i-%08x%04x".formatted(dice(Dice.NODE, number, 1, Integer.MAX_VALUE), number),
                cores,
                cores * 4 * GIB,
                labels);
    }

    private Namespace namespace(int number) {
        String name =
                switch (number) {
                    case 1 -> "openshift-kube-apiserver";
                    case 2 -> "kube-system";
                    case 3 -> "openshift";
                    case 4 -> "openshifty";
                    default -> "team-" + number;
                };
        String labels =
                switch (number % 3) {
                    case 0 ->
                        "label_team:t%d|label_environment:namespace|label_cost_center:%d".formatted(number % 5, number);
                    case 1 -> "label_team:t" + number % 5;
                    default -> "";
                };
        return new Namespace(name, labels);
    }

    private Pod pod(int number) {
        Namespace namespace = namespaces.get(number % namespaces.size());
        int node = dice(Dice.POD, number, 0, nodes.size());
        if (namespace.name().equals("openshift-kube-apiserver")) {
            node = node / 10 * 10;
        }
        boolean machine = number >= sizes.pods() - sizes.machines();
        String name = machine ? "virt-launcher-vm-" + number : "pod-" + number;
        long requestCpuMicros = (50 + dice(Dice.POD, number, 1, 2000)) * 3_600_000L;
        long requestByteSeconds = (64 + dice(Dice.POD, number, 2, 4096)) * MIB * 3600;
        return new Pod(
                number,
                namespace.name(),
                name,
                node,
                requestCpuMicros,
                requestByteSeconds,
                machine || number % 7 != 3,
                machine || number % 7 != 3 && number % 5 != 4,
                podLabels(number, machine));
    }

    private String podLabels(int number, boolean machine) {
        if (machine) {
            return "label_app:vm|label_vm_kubevirt_io_name:vm-" + number;
        }
        if (number % 11 == 5) {
            return "";
        }
        if (number % 11 == 10) {
            return "label_app:odd|broken|label_environment:|label_team:a:b";
        }
        List<String> labels = new ArrayList<>();
        labels.add("label_app:app" + dice(Dice.POD, number, 3, 8));
        if (sizes.labels() > 1 && number % 3 != 1) {
            labels.add("label_environment:" + (number % 2 == 0 ? "prod" : "dev"));
        }
        if (sizes.labels() > 2) {
            labels.add("label_version:v" + number);
        }
        for (int i = 3; i < sizes.labels(); i++) {
            labels.add("label_extra_" + i + ":x" + dice(Dice.POD, number, 4 + i, 50));
        }
        return String.join("|", labels);
    }

    private Volume volume(int number) {
        String name = "pv-" + number;
        String claim = "claim-" + number;
        Pod pod = pods.get(number * 3 % pods.size());
        List<Mount> mounts = List.of(new Mount(pod.namespace(), pod.name(), pod));
        if (number == 0) {
            mounts = podsOnTwoNodes().stream()
                    .map(each -> new Mount(each.namespace(), each.name(), each))
                    .toList();
        } else if (number == 1) {
            claim = "";
            mounts = List.of(new Mount("", "", null));
        } else if (number == 2) {
            mounts = List.of(new Mount(pod.namespace(), "finished-job", null));
        }
        return new Volume(
                number,
                name,
                claim,
                number % 3 == 2 ? "" : number % 3 == 1 ? "slow" : "fast",
                (1 + dice(Dice.VOLUME, number, 0, 100)) * GIB,
                mounts,
                "label_storage_tier:gold" + (number % 2 == 0 ? "|label_environment:volume|label_zone:volume" : ""),
                claim.isEmpty() ? "" : number % 3 == 0 ? "label_app:data|label_environment:claim" : "label_app:data");
    }

    /** Two pods of one namespace on different nodes, where there are such. */
    private List<Pod> podsOnTwoNodes() {
        for (Pod one : pods) {
            for (Pod other : pods) {
                if (one.namespace().equals(other.namespace()) && one.homeNode() != other.homeNode()) {
                    return List.of(one, other);
                }
            }
        }
        return List.of(pods.get(0));
    }

    private boolean isMachine(Pod pod) {
        return pod.number() >= sizes.pods() - sizes.machines();
    }

    private Node nodeOf(Pod pod, Instant hour) {
        int node = pod.homeNode();
        for (Move move : moves) {
            if (move.pod().equals(pod.name()) && !hour.isBefore(move.from())) {
                node = move.node();
            }
        }
        return nodes.get(node);
    }

    private String[] podLine(Pod pod, Instant hour, String[] dates) {
        Node node = nodeOf(pod, hour);
        return cells(
                dates,
                node.name(),
                pod.namespace(),
                pod.name(),
                micros(pod.requestCpuMicros() / 1000 * (200 + dice(Dice.CPU, pod.number(), hour, 1600))),
                pod.requests() ? micros(pod.requestCpuMicros()) : "",
                pod.limits() ? micros(pod.requestCpuMicros() * 2) : "",
                whole(pod.requestByteSeconds() / 1000 * (200 + dice(Dice.MEMORY, pod.number(), hour, 1600))),
                pod.requests() ? whole(pod.requestByteSeconds()) : "",
                pod.limits() ? whole(pod.requestByteSeconds() * 2) : "",
                whole(node.cores()),
                whole(node.cores() * 3600L),
                whole(node.bytes()),
                whole(node.bytes() * 3600),
                node.role(),
                node.resourceId(),
                pod.labels());
    }

    private String[] storageLine(Volume volume, Mount mount, Instant hour, String[] dates) {
        boolean claimed = !volume.claim().isEmpty();
        long byteSeconds = volume.bytes() * 3600;
        return cells(
                dates,
                mount.namespace(),
                mount.podName(),
                mount.pod() == null ? "" : nodeOf(mount.pod(), hour).name(),
                volume.claim(),
                volume.name(),
                volume.storageClass(),
                "ebs.csi.aws.com",
                "vol-" + volume.number(),
                whole(volume.bytes()),
                whole(byteSeconds),
                claimed ? whole(byteSeconds / 4 * 5) : "",
                claimed ? whole(byteSeconds / 1000 * dice(Dice.STORAGE, volume.number(), hour, 1000)) : "",
                volume.labels(),
                volume.claimLabels());
    }

    private String[] machineLine(Pod pod, Instant hour, String[] dates) {
        Node node = nodeOf(pod, hour);
        long cores = pod.requestCpuMicros() / 3600;
        long bytes = pod.requestByteSeconds() / 3600;
        String cpuHour = micros(pod.requestCpuMicros());
        return cells(
                dates,
                node.name(),
                node.resourceId(),
                pod.namespace(),
                "vm-" + pod.number(),
                "m1.large",
                "rhel.9",
                "x86_64",
                "Red Hat Enterprise Linux",
                "9.5",
                whole(3600),
                micros(cores * 2),
                micros(pod.requestCpuMicros() * 2),
                micros(cores),
                cpuHour,
                whole(1),
                whole(3600),
                whole(1),
                whole(3600),
                micros(pod.requestCpuMicros() / 1000 * dice(Dice.CPU, pod.number(), hour, 1800)),
                whole(bytes * 2),
                whole(pod.requestByteSeconds() * 2),
                whole(bytes),
                whole(pod.requestByteSeconds()),
                whole(pod.requestByteSeconds() / 1000 * dice(Dice.MEMORY, pod.number(), hour, 1800)),
                "vda",
                "Filesystem",
                "claim-vm-" + pod.number(),
                whole(20 * GIB * 3600),
                pod.labels());
    }

    private String[] gpuLine(
            int number,
            Pod pod,
            Instant hour,
            String[] dates,
            String model,
            int mib,
            String slices,
            String slice,
            String profile,
            String strategy) {
        return cells(
                dates,
                nodeOf(pod, hour).name(),
                pod.namespace(),
                pod.name(),
                "GPU-" + number,
                model,
                "nvidia_com_gpu",
                whole(mib),
                whole(60L * (1 + dice(Dice.GPU, number, hour, 60))),
                whole(dice(Dice.GPU, number + 1000, hour, 60)),
                slices,
                slice,
                profile,
                strategy);
    }

    private static String[] cells(String[] dates, String... rest) {
        String[] cells = new String[dates.length + rest.length];
        System.arraycopy(dates, 0, cells, 0, dates.length);
        System.arraycopy(rest, 0, cells, dates.length, rest.length);
        return cells;
    }

    /** Millionths as a text with six decimals. */
    private static String micros(long millionths) {
        String fraction = Long.toString(millionths % 1_000_000);
        return millionths / 1_000_000 + "." + "000000".substring(fraction.length()) + fraction;
    }

    private static String whole(long number) {
        return number + ".000000";
    }

    /** What a throw of the dice is for: each gives other numbers. */
    private enum Dice {
        NODE,
        POD,
        VOLUME,
        CPU,
        MEMORY,
        STORAGE,
        GPU
    }

    private int dice(Dice dice, int entity, Instant hour, int below) {
        return dice(dice, entity, hour.getEpochSecond() / 3600, below);
    }

    /** A number from 0 up to, not including, {@code below}; the same for the same arguments. */
    private int dice(Dice dice, int entity, long occasion, int below) {
        long mixed = mixed(mixed(mixed(seed + dice.ordinal() * 0x9E3779B97F4A7C15L) + entity) + occasion);
        return (int) Long.remainderUnsigned(mixed, below);
    }

    /** The finalizer of SplitMix64. */
    private static long mixed(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
