package dev.caravan.chart;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.text.TextUtils;
import org.jfree.chart.ui.Drawable;

/**
 * A white sheet with charts on it, written as PNG or as SVG, and how charts look on it.
 *
 * @param width in units of SVG; a PNG has twice as many pixels
 * @param height likewise
 */
public record ChartSheet(Drawable content, int width, int height) {
    /** Of text and axes. */
    public static final Color INK = new Color(0x333333);

    public static final Color GRID = new Color(0xdddddd);
    private static final int PIXELS = 2;

    /**
     * Finds out whether anything can be drawn.
     *
     * @throws IllegalArgumentException when this machine has no fonts
     */
    public static void requireFonts() {
        System.setProperty("java.awt.headless", "true");
        try {
            new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
                    .createGraphics()
                    .getFontMetrics(font(Font.PLAIN, 12))
                    .stringWidth("0");
        } catch (RuntimeException | LinkageError | InternalError e) {
            throw new IllegalArgumentException(
                    "charts need fonts, and Java finds none here: install fontconfig and a font such as DejaVu", e);
        }
    }

    public static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    /** Fonts and colours of everything but the data. */
    public static StandardChartTheme theme() {
        var theme = new StandardChartTheme("caravan");
        theme.setExtraLargeFont(font(Font.BOLD, 14));
        theme.setLargeFont(font(Font.PLAIN, 12));
        theme.setRegularFont(font(Font.PLAIN, 12));
        theme.setSmallFont(font(Font.BOLD, 12));
        theme.setTitlePaint(INK);
        theme.setSubtitlePaint(INK);
        theme.setLegendItemPaint(INK);
        theme.setAxisLabelPaint(INK);
        theme.setTickLabelPaint(INK);
        theme.setPlotBackgroundPaint(Color.WHITE);
        theme.setPlotOutlinePaint(Color.WHITE);
        theme.setDomainGridlinePaint(GRID);
        theme.setRangeGridlinePaint(GRID);
        theme.setShadowVisible(false);
        return theme;
    }

    /** Writes it, as PNG where the file's name says so, else as SVG; an existing file is replaced by a whole one only. */
    public void write(Path file) throws IOException {
        // Else labels of upright axes would be outlines instead of text.
        TextUtils.setUseDrawRotatedStringWorkaround(false);
        Path part = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
                if (file.toString().endsWith(".png")) {
                    writePng(out);
                } else {
                    writeSvg(out);
                }
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void writePng(OutputStream out) throws IOException {
        var image = new BufferedImage(PIXELS * width, PIXELS * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.scale(PIXELS, PIXELS);
        draw(graphics);
        ImageIO.write(image, "png", out);
    }

    private void writeSvg(OutputStream out) throws IOException {
        try {
            var document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(SVGGraphics2D.SVG_NAMESPACE_URI, "svg", null);
            var graphics = new SVGGraphics2D(document);
            graphics.setSVGCanvasSize(new Dimension(width, height));
            draw(graphics);
            // Its own writer would name a document type that readers then fetch.
            TransformerFactory.newInstance()
                    .newTransformer()
                    .transform(new DOMSource(graphics.getRoot()), new StreamResult(out));
        } catch (ParserConfigurationException | TransformerException e) {
            throw new IOException("the chart cannot be written", e);
        }
    }

    private void draw(Graphics2D graphics) {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        content.draw(graphics, new Rectangle2D.Double(0, 0, width, height));
    }
}
