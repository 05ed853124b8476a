package dev.caravan.cli;

import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Resummarizing;
import dev.caravan.ledger.Resummarizing.Month;
import dev.caravan.ledger.TagKeys;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A change of label keys: first the keys, in one transaction, then the days they occur in, month by month. Stopped in
 * between, the same command again finishes the rest.
 */
abstract class TagChange implements Callable<Integer> {
    private final CommandEnvironment environment;
    private final String verb;
    private final String noChange;
    private final BiFunction<TagKeys, List<String>, TagKeys.Change> change;

    @Mixin
    private OrganisationOption option;

    @Option(
            names = "--from",
            paramLabel = "DAY",
            converter = DayConverter.class,
            description = "Leave summaries of earlier days as they are.")
    private LocalDate from;

    @Parameters(arity = "1..*", paramLabel = "KEY", description = "Label keys.")
    private List<String> given;

    /**
     * @param verb the subcommand
     * @param noChange what keys are called that have the state already
     */
    TagChange(
            CommandEnvironment environment,
            String verb,
            String noChange,
            BiFunction<TagKeys, List<String>, TagKeys.Change> change) {
        this.environment = environment;
        this.verb = verb;
        this.noChange = noChange;
        this.change = change;
    }

    @Override
    public Integer call() {
        List<String> keys = given.stream().distinct().toList();
        if (keys.stream().anyMatch(key -> key.isBlank() || key.chars().anyMatch(Character::isISOControl))) {
            throw new UsageException("a label key is blank or has control characters in it");
        }
        try (var beans = environment.open()) {
            Organisation organisation = option.find(beans);
            TagKeys.Change done = beans.getBean(BoundedTransaction.class).call(organisation, () -> {
                TagKeys.Change changed = change.apply(beans.getBean(TagKeys.class), keys);
                var details = new LinkedHashMap<String, Object>();
                details.put("org", option.id());
                details.put("keys", keys);
                details.put("from", from == null ? null : from.toString());
                beans.getBean(Audit.class).write("tags " + verb, details);
                return changed;
            });
            announce(organisation, keys, done);
            var resummarizing = beans.getBean(Resummarizing.class);
            List<Month> months = resummarizing.monthsWithKeys(organisation, keys, from);
            new SummarizedMonths(environment.terminal(), resummarizing).summarize(organisation, months);
            return 0;
        }
    }

    private void announce(Organisation organisation, List<String> keys, TagKeys.Change done) {
        var out = environment.terminal().out();
        List<String> unchanged =
                keys.stream().filter(key -> !done.changed().contains(key)).toList();
        if (!done.changed().isEmpty()) {
            out.println(verb + "d: " + String.join(", ", done.changed()));
        }
        if (!unchanged.isEmpty()) {
            out.println(noChange + ": " + String.join(", ", unchanged));
        }
        out.println("label keys enabled for organisation " + organisation.id() + ": " + done.enabled() + " of "
                + TagKeys.MOST);
    }
}
