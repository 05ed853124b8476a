package dev.caravan.ledger;

import javax.management.JMException;
import org.apache.camel.CamelContext;
import org.apache.camel.StaticService;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Operations over JMX, under the name of their class. Among Camel's own MBeans, since consoles may be restricted to these;
 * only where the route runs that carries out what is asked for.
 */
abstract class RouteOperations extends ServiceSupport implements StaticService, CamelContextConfiguration {
    private final String route;

    RouteOperations(String route) {
        this.route = route;
    }

    @Override
    public final void beforeApplicationStart(CamelContext context) {
        // Camel names its MBeans when it starts.
    }

    @Override
    public final void afterApplicationStart(CamelContext context) {
        var management = context.getManagementStrategy();
        if (context.getRoute(route) == null || management.getManagementAgent() == null) {
            return;
        }
        try {
            management
                    .getManagementAgent()
                    .register(
                            this, management.getManagementObjectNameStrategy().getObjectNameForService(context, this));
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }
}
