package dev.caravan.cli;

import dev.caravan.openstack.Site;
import dev.caravan.openstack.SitesFile;
import org.springframework.context.ApplicationContext;

/** Sites that commands are told. */
final class OpenstackSites {
    private OpenstackSites() {}

    /** @throws UsageException when no site can be called so */
    static String key(String text) {
        if (!Site.isKey(text)) {
            throw new UsageException("--site must be " + Site.KEY_RULE + "; nothing was done");
        }
        return text;
    }

    static UsageException unlisted(String key, ApplicationContext beans) {
        return new UsageException("site " + key(key) + " is not listed in "
                + beans.getBean(SitesFile.class).path() + ": list it there, or see its key");
    }
}
