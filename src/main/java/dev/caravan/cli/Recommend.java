package dev.caravan.cli;

import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.optimization.Savings;
import dev.caravan.optimization.Savings.Amount;
import dev.caravan.optimization.Savings.Container;
import dev.caravan.optimization.Savings.Found;
import dev.caravan.optimization.Savings.Total;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows where a cluster requests more than it needs. */
@Command(
        name = "recommend",
        mixinStandardHelpOptions = true,
        description =
                "Lists the containers of a cluster that would save the most if they requested what is recommended:"
                        + " requests of one pod, as they are and as recommended. What a container saves is the mean of two"
                        + " shares: freed CPU in the CPU that all containers of the cluster request, and freed memory in"
                        + " theirs; it is negative where more is recommended than is requested.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan recommend --org 1234567 --cluster 4e009161-4f40-42c8-877c-3e59f6baea3d",
            "  caravan recommend --org 1234567 --cluster 4e009161-4f40-42c8-877c-3e59f6baea3d --term short --json",
            "",
            "Exit codes: 0 done, also when there is no recommendation yet; 2 wrong use, an unknown cluster, or the database",
            "cannot be reached."
        })
final class Recommend implements Callable<Integer> {
    private static final double MEBIBYTE = 1 << 20;

    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption organisation;

    @Option(names = "--cluster", paramLabel = "ID", required = true, description = "Cluster.")
    private String cluster;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "10",
            description = "Containers at most; ${DEFAULT-VALUE} unless set.")
    private int limit;

    @Option(
            names = "--term",
            paramLabel = "TERM",
            description =
                    "Usage of one day (short), a week (medium) or 15 days (long); unless set, of each container the"
                            + " longest that there is enough data for.")
    private Savings.Term term;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "cost",
            description = "cost, as little as will do, or performance, with room for peaks; cost unless set.")
    private Savings.Engine engine;

    @Option(
            names = "--json",
            description = "Print JSON; cores, bytes, times are ISO; null is a request that is not set, or nothing"
                    + " recommended.")
    private boolean json;

    Recommend(CommandEnvironment environment) {
        this.environment = environment;
    }

    /** As JSON shows it. */
    private record Shown(
            String organisation, String cluster, String engine, List<Container> containers, Total listed, Total all) {}

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new UsageException("--limit " + limit + " is too small: list one container or more");
        }
        try (var beans = environment.open()) {
            Found found = find(beans, term);
            String nothing = found.listed().isEmpty() ? nothing(beans) : null;
            var out = environment.terminal().out();
            if (json) {
                out.println(Json.of(new Shown(
                        organisation.id(), cluster, engine.toString(), found.listed(), listed(found), found.all())));
            }
            if (nothing != null) {
                (json ? environment.terminal().err() : out).println(nothing);
            } else if (!json) {
                print(found);
            }
            return 0;
        }
    }

    private Found find(ApplicationContext beans, Savings.Term wanted) {
        return beans.getBean(BoundedTransaction.class)
                .call(() -> beans.getBean(Savings.class).find(organisation.id(), cluster, wanted, engine, limit));
    }

    /**
     * Why there is nothing to show, and what to do.
     *
     * @throws UsageException when the cluster is not known at all
     */
    private String nothing(ApplicationContext beans) {
        if (term != null && !find(beans, null).listed().isEmpty()) {
            return "no container of cluster " + cluster + " has data enough for the " + term
                    + " term yet: leave out --term to see the recommendations there are";
        }
        boolean reported = beans.getBean(BoundedTransaction.class)
                .call(() -> beans.getBean(Savings.class).knows(organisation.id(), cluster));
        if (reported) {
            return "there is no recommendation for cluster " + cluster
                    + " yet: the first ones come with reports of half an hour, from a running `run`";
        }
        organisation.find(beans);
        organisation.keptSources(beans, cluster);
        return "no right-sizing reports of cluster " + cluster
                + " have come yet: its operator sends them with its payloads, and a `run` with Kafka and S3 reads them";
    }

    private void print(Found found) {
        var out = environment.terminal().out();
        var table = new TextTable()
                .text("namespace")
                .text("workload")
                .text("container")
                .text("term")
                .number("CPU cores")
                .number("recommended")
                .number("change")
                .number("memory MiB")
                .number("recommended")
                .number("change")
                .number("saves");
        found.listed()
                .forEach(container -> row(
                        table,
                        container.namespace(),
                        container.workloadType() + "/" + container.workload(),
                        container.container(),
                        container.term(),
                        container.cpu(),
                        container.memory(),
                        container.saving()));
        Total listed = listed(found);
        double saving = found.listed().stream().mapToDouble(Container::saving).sum();
        row(table, "total", listed.containers() + " containers", "", "", listed.cpu(), listed.memory(), saving);
        Total all = found.all();
        if (all.containers() > listed.containers()) {
            row(table, "cluster", all.containers() + " containers", "", "", all.cpu(), all.memory(), saving(all));
        }
        table.print(out);
        out.println("requests of one pod each, with " + engine
                + " recommendations; saves: mean share of the CPU and of" + " the memory that all " + all.containers()
                + " containers request");
    }

    private static void row(
            TextTable table,
            String namespace,
            String workload,
            String container,
            String term,
            Amount cpu,
            Amount memory,
            double saving) {
        table.row(
                namespace,
                workload,
                container,
                term,
                number("%.3f", cpu.request(), 1),
                number("%.3f", cpu.recommended(), 1),
                number("%+.3f", cpu.change(), 1),
                number("%.1f", memory.request(), MEBIBYTE),
                number("%.1f", memory.recommended(), MEBIBYTE),
                number("%+.1f", memory.change(), MEBIBYTE),
                number("%.1f%%", saving, 0.01));
    }

    private static String number(String format, Double amount, double unit) {
        return amount == null ? null : String.format(Locale.ROOT, format, amount / unit);
    }

    private static Total listed(Found found) {
        return new Total(
                found.listed().size(), sum(found.listed(), Container::cpu), sum(found.listed(), Container::memory));
    }

    private static Amount sum(List<Container> containers, Function<Container, Amount> amount) {
        double request = 0;
        double change = 0;
        for (Container container : containers) {
            Amount its = amount.apply(container);
            request += Objects.requireNonNullElse(its.request(), 0.0);
            change += Objects.requireNonNullElse(its.change(), 0.0);
        }
        return new Amount(request, request + change);
    }

    private static double saving(Total all) {
        return (freed(all.cpu()) + freed(all.memory())) / 2;
    }

    private static double freed(Amount amount) {
        return amount.request() == 0 ? 0 : -amount.change() / amount.request();
    }
}
