package dev.caravan.openstack.plots;

import org.jfree.chart.JFreeChart;

/**
 * @param name of its files, without folder and ending
 * @param width in units of SVG
 * @param height likewise
 */
record Plot(String name, JFreeChart chart, int width, int height) {}
