/**
 * Usage of OpenStack sites: their tables on the way in, timelines and charts on the way out.
 *
 * <p>A site is called by its key in config/sites.yaml. What is read of its tables stands in {@link
 * dev.caravan.openstack.SiteTable}; rows come as text, from CSV files and from the site's database alike, and are checked and
 * typed by one mapper. Each table is replaced as a whole, in one transaction.
 */
package dev.caravan.openstack;
