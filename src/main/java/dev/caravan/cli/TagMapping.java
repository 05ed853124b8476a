package dev.caravan.cli;

import dev.caravan.ledger.Audit;
import dev.caravan.ledger.Resummarizing;
import dev.caravan.ledger.TagKeys;
import java.util.LinkedHashMap;
import java.util.List;

/** The name under which label keys stand in the summaries. */
final class TagMapping {
    private final CommandEnvironment environment;
    private final OrganisationOption option;
    private final String action;
    private final String changed;
    private final String noChange;

    /**
     * @param action the command, for the record
     * @param changed what keys are called whose name changed
     * @param noChange what the others are called
     */
    TagMapping(
            CommandEnvironment environment, OrganisationOption option, String action, String changed, String noChange) {
        this.environment = environment;
        this.option = option;
        this.action = action;
        this.changed = changed;
        this.noChange = noChange;
    }

    /** @param parent null for their own names */
    int change(String parent, List<String> children) {
        return new SummaryChange(environment, option).carryOut(beans -> {
            List<String> done = beans.getBean(TagKeys.class).map(parent, children);
            var details = new LinkedHashMap<String, Object>();
            details.put("org", option.id());
            details.put("to", parent);
            details.put("keys", children);
            beans.getBean(Audit.class).write(action, details);
            return new SummaryChange.Done(
                    SummaryChange.lines(children, done, changed, noChange),
                    beans.getBean(Resummarizing.class).markKeys(children, null));
        });
    }
}
