package dev.caravan;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLClassLoader;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Loads from the libraries of the packed jar, of which it knows the folders. Spring Boot's own loader asks one library
 * after another, two hundred of them for some classes, which is half of the time a start takes.
 */
final class LibraryClassLoader extends URLClassLoader {
    private static final String VERSIONS = "META-INF/versions/";

    static {
        registerAsParallelCapable();
    }

    /** The libraries that have something in a folder, in the order of the class path. */
    private final Map<String, List<Library>> folders = new HashMap<>();

    private record Library(URL url, JarFile jar) {}

    /** @param libraries addresses of jars, which stay open as long as the process lives */
    LibraryClassLoader(URL[] libraries, ClassLoader parent) throws IOException {
        super(libraries, parent);
        for (URL url : libraries) {
            add(new Library(url, ((JarURLConnection) url.openConnection()).getJarFile()));
        }
    }

    private void add(Library library) {
        String last = null;
        for (var entries = library.jar().entries(); entries.hasMoreElements(); ) {
            String folder = folder(entries.nextElement().getName());
            // Most entries lie in the folder of the one before.
            if (!folder.equals(last)) {
                last = folder;
                List<Library> others = folders.computeIfAbsent(folder, unknown -> new ArrayList<>(1));
                if (others.isEmpty() || others.get(others.size() - 1) != library) {
                    others.add(library);
                }
            }
        }
    }

    /** Where an entry lies; what a library has for newer Java versions lies where its other entries do. */
    private static String folder(String name) {
        int start = name.startsWith(VERSIONS) ? name.indexOf('/', VERSIONS.length()) + 1 : 0;
        // A folder has a slash at its end, and lies in the one above like a file.
        int end = name.lastIndexOf('/', name.length() - 2);
        return end < start ? "" : name.substring(start, end);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String path = name.replace('.', '/') + ".class";
        for (Library library : having(path)) {
            JarEntry entry = library.jar().getJarEntry(path);
            if (entry != null) {
                try {
                    return define(name, library, entry);
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        }
        throw new ClassNotFoundException(name);
    }

    private Class<?> define(String name, Library library, JarEntry entry) throws IOException {
        int dot = name.lastIndexOf('.');
        if (dot > 0 && getDefinedPackage(name.substring(0, dot)) == null) {
            definePackage(name.substring(0, dot), library);
        }
        try (InputStream in = library.jar().getInputStream(entry)) {
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length, new CodeSource(library.url(), entry.getCodeSigners()));
        }
    }

    private void definePackage(String name, Library library) throws IOException {
        try {
            if (library.jar().getManifest() == null) {
                definePackage(name, null, null, null, null, null, null, null);
            } else {
                definePackage(name, library.jar().getManifest(), library.url());
            }
        } catch (IllegalArgumentException e) {
            // Another thread did so meanwhile.
        }
    }

    @Override
    public URL findResource(String name) {
        try {
            Enumeration<URL> found = findResources(name);
            return found.hasMoreElements() ? found.nextElement() : null;
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
        List<URL> found = new ArrayList<>();
        for (Library library : having(name)) {
            if (library.jar().getEntry(name) != null) {
                found.add(new URL(library.url(), name));
            }
        }
        return Collections.enumeration(found);
    }

    private List<Library> having(String path) {
        return folders.getOrDefault(folder(path), List.of());
    }
}
