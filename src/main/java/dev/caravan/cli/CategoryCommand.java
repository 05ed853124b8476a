package dev.caravan.cli;

import picocli.CommandLine.Command;

/** Groups the commands about cost categories. */
@Command(
        name = "category",
        mixinStandardHelpOptions = true,
        description = "Cost categories and the namespaces in them.",
        subcommands = {CategoryAdd.class, CategoryRemove.class, CategoryList.class})
final class CategoryCommand {}
