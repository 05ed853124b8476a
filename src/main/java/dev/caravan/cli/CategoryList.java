package dev.caravan.cli;

import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.CostCategories;
import dev.caravan.ledger.Organisation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists cost categories. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the cost categories of an organisation and the namespaces in them.",
        footerHeading = "%nExample:%n",
        footer = "  caravan category list --org 1234567")
final class CategoryList implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption organisation;

    CategoryList(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        try (var beans = environment.open()) {
            Organisation found = organisation.find(beans);
            var categories = beans.getBean(CostCategories.class);
            var table = new TextTable().text("category").text("namespaces").text("origin");
            beans.getBean(BoundedTransaction.class)
                    .call(found, categories::list)
                    .forEach(each ->
                            table.row(each.category(), each.pattern(), each.fixed() ? "every organisation" : "added"));
            table.print(environment.terminal().out());
            return 0;
        }
    }
}
