package dev.caravan.cli;

import dev.caravan.ledger.Audit;
import dev.caravan.ledger.CostCategories;
import dev.caravan.ledger.Resummarizing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;

/** Which namespaces are in a cost category. */
final class CategoryChange {
    private static final int LONGEST = 253;

    private final CommandEnvironment environment;
    private final OrganisationOption option;

    CategoryChange(CommandEnvironment environment, OrganisationOption option) {
        this.environment = environment;
        this.option = option;
    }

    /**
     * Makes a change and carries it into the summaries.
     *
     * @param action the command, for the record
     * @param category null when namespaces leave theirs
     * @param changed what patterns are called whose category changed
     * @param noChange what the others are called
     */
    int carryOut(
            String action,
            String category,
            List<String> given,
            String changed,
            String noChange,
            Function<CostCategories, List<String>> change) {
        List<String> patterns = given.stream().distinct().toList();
        patterns.forEach(CategoryChange::check);
        return new SummaryChange(environment, option).carryOut(beans -> {
            List<String> done = change.apply(beans.getBean(CostCategories.class));
            var details = new LinkedHashMap<String, Object>();
            details.put("org", option.id());
            details.put("category", category);
            details.put("namespaces", patterns);
            beans.getBean(Audit.class).write(action, details);
            return new SummaryChange.Done(
                    SummaryChange.lines(patterns, done, changed, noChange),
                    beans.getBean(Resummarizing.class).markNamespaces(patterns));
        });
    }

    /** A backslash would be one more wildcard, and alone at the end an error in every summary. */
    private static void check(String pattern) {
        if (pattern.isBlank()
                || pattern.length() > LONGEST
                || pattern.chars().anyMatch(character -> Character.isISOControl(character) || character == '\\')) {
            throw new UsageException("'" + pattern + "' names no namespace: use 1 to " + LONGEST
                    + " characters, % for any text, no control characters and no backslash");
        }
    }
}
