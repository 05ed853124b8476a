package dev.caravan.cli;

import dev.caravan.database.DatabaseConfiguration;
import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.CostCategories;
import dev.caravan.ledger.DemoOrganisation;
import dev.caravan.ledger.Failures;
import dev.caravan.ledger.Organisations;
import dev.caravan.ledger.Purging;
import dev.caravan.ledger.QuarantineAlert;
import dev.caravan.ledger.QuarantineBytes;
import dev.caravan.ledger.QuarantineLedger;
import dev.caravan.ledger.QuarantineRemoval;
import dev.caravan.ledger.ReplicaLock;
import dev.caravan.ledger.Resummarizing;
import dev.caravan.ledger.Retention;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.ledger.SourceRemoval;
import dev.caravan.ledger.StatusReport;
import dev.caravan.ledger.TagKeys;
import dev.caravan.openstack.SitesFile;
import dev.caravan.optimization.Savings;
import dev.caravan.optimization.WorkloadRemoval;
import dev.caravan.s3.S3Connection;
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
    QuarantineAlert.class,
    QuarantineBytes.class,
    QuarantineLedger.class,
    QuarantineRemoval.class,
    ReplicaLock.class,
    Resummarizing.class,
    Retention.class,
    S3Connection.class,
    Savings.class,
    SitesFile.class,
    SourceRegistry.class,
    SourceRemoval.class,
    StatusReport.class,
    TagKeys.class,
    WorkloadRemoval.class
})
class CommandBeans {}
