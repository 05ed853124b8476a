package dev.caravan.openstack.plots;

import dev.caravan.chart.ChartSheet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Writes plots, each as PNG and as SVG. */
@Component
public final class PlotFiles {
    /**
     * Replaces each file by a whole one.
     *
     * @return the files written
     * @throws PlotException when the folder cannot be made or written to, or there are no fonts
     */
    public List<Path> write(Plots plots) {
        prepare(plots.folder());
        List<Path> written = new ArrayList<>();
        for (Plot plot : plots.plots()) {
            var sheet = new ChartSheet(plot.chart(), plot.width(), plot.height());
            for (String ending : List.of(".png", ".svg")) {
                Path file = plots.folder().resolve(plot.name() + ending);
                try {
                    sheet.write(file);
                } catch (IOException e) {
                    throw new PlotException(
                            "plot " + file + " cannot be written (" + e + "): make room there, or name another folder",
                            e);
                }
                written.add(file);
            }
        }
        return written;
    }

    /** Finds out, before anything is read or drawn, whether plots can be written there; makes the folder when missing. */
    public static void prepare(Path folder) {
        try {
            ChartSheet.requireFonts();
        } catch (IllegalArgumentException e) {
            throw new PlotException(e.getMessage(), e);
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new PlotException("folder " + folder + " cannot be made (" + e + "): name another one", e);
        }
        if (!Files.isWritable(folder)) {
            throw new PlotException("folder " + folder + " cannot be written to: name another one");
        }
    }
}
