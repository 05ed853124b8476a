package dev.caravan.cli;

import dev.caravan.database.DatabaseConfiguration;
import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.CostCategories;
import dev.caravan.ledger.DemoOrganisation;
import dev.caravan.ledger.Failures;
import dev.caravan.ledger.Organisations;
import dev.caravan.ledger.Purging;
import dev.caravan.ledger.Quarantine;
import dev.caravan.ledger.ReplicaLock;
import dev.caravan.ledger.Resummarizing;
import dev.caravan.ledger.Retention;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.ledger.SourceRemoval;
import dev.caravan.ledger.StatusReport;
import dev.caravan.ledger.TagKeys;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The beans of the commands that start no Camel context: the database and the ledger, nothing configured by itself. */
@Configuration(proxyBeanMethods = false)
@Import({
    DatabaseConfiguration.class,
    Audit.class,
    BoundedTransaction.class,
    CostCategories.class,
    DemoOrganisation.class,
    Failures.class,
    Organisations.class,
    Purging.class,
    Quarantine.class,
    ReplicaLock.class,
    Resummarizing.class,
    Retention.class,
    SourceRegistry.class,
    SourceRemoval.class,
    StatusReport.class,
    TagKeys.class
})
class CommandBeans {}
