package dev.caravan.cli;

import dev.caravan.database.Migrations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The files that paths on a command line stand for: a path in the order given, a directory's files in byte order of their
 * names. Hidden files are skipped; subfolders are not looked into, except {@code org=<id>}, whose files belong to that
 * organisation.
 */
final class GivenPayloads {
    private static final String ORGANISATION_FOLDER = "org=";
    private static final Comparator<Path> BY_NAME = (a, b) -> Arrays.compareUnsigned(bytes(a), bytes(b));

    private final List<GivenPayload> payloads = new ArrayList<>();
    private final List<Path> emptyDirectories = new ArrayList<>();

    private GivenPayloads() {}

    /**
     * Looks at every path before anything is loaded.
     *
     * @param organisation of files in no folder org=&lt;id&gt;; null when their clusters shall tell
     * @throws UsageException when one is missing, unreadable, or neither file nor directory
     */
    static GivenPayloads of(List<Path> paths, String organisation) throws IOException {
        var given = new GivenPayloads();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new UsageException(path + " does not exist: nothing was loaded; correct the path");
            }
            if (Files.isDirectory(path)) {
                int before = given.payloads.size();
                given.addDirectory(path, "", organisation);
                if (given.payloads.size() == before) {
                    given.emptyDirectories.add(path);
                }
            } else {
                given.addFile(path, path.getFileName().toString(), organisation);
            }
        }
        return given;
    }

    List<GivenPayload> payloads() {
        return payloads;
    }

    /** Directories given in which no payload is. */
    List<Path> emptyDirectories() {
        return emptyDirectories;
    }

    private void addDirectory(Path directory, String prefix, String organisation) throws IOException {
        if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            throw new UsageException(directory + " cannot be read: nothing was loaded; see its permissions");
        }
        List<Path> entries;
        try (var files = Files.list(directory)) {
            entries = files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted(BY_NAME)
                    .toList();
        }
        for (Path entry : entries) {
            String name = entry.getFileName().toString();
            if (!Files.isDirectory(entry)) {
                addFile(entry, prefix + name, organisation);
            } else if (prefix.isEmpty() && name.startsWith(ORGANISATION_FOLDER)) {
                addDirectory(entry, name + "/", organisation);
            }
        }
    }

    private void addFile(Path file, String name, String organisation) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UsageException(file + " is no file that can be read: nothing was loaded; correct the path or its"
                    + " permissions");
        }
        payloads.add(new GivenPayload(file, name, organisationOf(file, organisation)));
    }

    /** That of the folder the file is in, where its name says so. */
    private static String organisationOf(Path file, String otherwise) {
        Path folder = file.toAbsolutePath().normalize().getParent().getFileName();
        if (folder == null || !folder.toString().startsWith(ORGANISATION_FOLDER)) {
            return otherwise;
        }
        String organisation = folder.toString().substring(ORGANISATION_FOLDER.length());
        if (!Migrations.isOrganisation(organisation)) {
            throw new UsageException("folder " + folder + " names no organisation: use lower-case letters, digits and"
                    + " underscores, at most 50; nothing was loaded");
        }
        return organisation;
    }

    private static byte[] bytes(Path path) {
        return path.getFileName().toString().getBytes(StandardCharsets.UTF_8);
    }
}
