package dev.caravan.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Reads the version Maven built, and says on which Java it runs. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        var properties = new Properties();
        try (InputStream in =
                ClassLoader.getSystemResourceAsStream("META-INF/maven/dev.caravan/caravan/pom.properties")) {
            if (in != null) {
                properties.load(in);
            }
        }
        return new String[] {
            "caravan " + properties.getProperty("version", "(built from a working copy)") + ", Java "
                    + System.getProperty("java.version")
        };
    }
}
