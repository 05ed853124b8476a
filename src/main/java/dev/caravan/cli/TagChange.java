package dev.caravan.cli;

import dev.caravan.ledger.Audit;
import dev.caravan.ledger.Resummarizing;
import dev.caravan.ledger.TagKeys;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whether label keys reach the summaries. */
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
        List<String> keys = LabelKeys.of(given);
        return new SummaryChange(environment, option).carryOut(beans -> make(beans, keys));
    }

    private SummaryChange.Done make(ApplicationContext beans, List<String> keys) {
        TagKeys.Change done = change.apply(beans.getBean(TagKeys.class), keys);
        var details = new LinkedHashMap<String, Object>();
        details.put("org", option.id());
        details.put("keys", keys);
        details.put("from", from == null ? null : from.toString());
        beans.getBean(Audit.class).write("tags " + verb, details);
        return new SummaryChange.Done(
                lines(keys, done), beans.getBean(Resummarizing.class).markKeys(keys, from));
    }

    private List<String> lines(List<String> keys, TagKeys.Change done) {
        List<String> lines = SummaryChange.lines(keys, done.changed(), verb + "d", noChange);
        lines.add("label keys enabled for organisation " + option.id() + ": " + done.enabled() + " of " + TagKeys.MOST);
        return lines;
    }
}
