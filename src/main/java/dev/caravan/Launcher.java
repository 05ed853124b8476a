package dev.caravan;

import java.net.URL;
import java.net.URLClassLoader;

/** Entry point of the packed jar. */
public final class Launcher {
    private Launcher() {}

    /** Starts {@link Caravan}; through a quicker class loader, where Spring Boot's own one would read packed libraries. */
    public static void main(String[] arguments) throws Exception {
        if (!(Launcher.class.getClassLoader() instanceof URLClassLoader loader) || !packed(loader.getURLs())) {
            Caravan.main(arguments);
            return;
        }
        // Never closed: it is needed until the process has ended.
        var libraries = new LibraryClassLoader(loader.getURLs(), loader.getParent());
        Thread.currentThread().setContextClassLoader(libraries);
        libraries
                .loadClass(Caravan.class.getName())
                .getMethod("main", String[].class)
                .invoke(null, (Object) arguments);
    }

    /** Not so when the jar was unpacked for an image. */
    private static boolean packed(URL[] libraries) {
        for (URL library : libraries) {
            if (!library.getProtocol().equals("jar")) {
                return false;
            }
        }
        return true;
    }
}
