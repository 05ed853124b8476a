package dev.caravan.openstack.plots;

import java.nio.file.Path;
import java.util.List;

/** Plots that were drawn, and where their files are wanted. */
record Plots(Path folder, List<Plot> plots) {}
