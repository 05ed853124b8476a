package dev.caravan.cli;

import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.TagKeys;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists label keys. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description =
                "Lists the label keys of an organisation, enabled ones first, and under which name summaries show each.",
        footerHeading = "%nExample:%n",
        footer = "  caravan tags list --org 1234567")
final class TagsList implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption organisation;

    TagsList(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        try (var beans = environment.open()) {
            Organisation found = organisation.find(beans);
            var keys = beans.getBean(TagKeys.class);
            var table = new TextTable().text("state").text("key").text("shown as");
            beans.getBean(BoundedTransaction.class)
                    .call(found, keys::list)
                    .forEach(key -> table.row(key.enabled() ? "enabled" : "disabled", key.key(), key.shownAs()));
            table.print(environment.terminal().out());
            return 0;
        }
    }
}
