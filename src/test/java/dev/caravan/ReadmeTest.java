package dev.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the README names is there. */
class ReadmeTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))`");

    @Test
    void everyTestItNamesIsThere() throws IOException {
        Set<String> named =
                TEST.matcher(readme()).results().map(result -> result.group(1)).collect(Collectors.toSet());
        assertThat(names("src/test/java", ".java")).containsAll(named);
    }

    @Test
    void everyRouteIsInItsTables() throws IOException {
        Set<String> named = Pattern.compile("`([a-z-]+)`")
                .matcher(readme())
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(Collectors.toSet());
        assertThat(named).containsAll(names("routes", ".yaml"));
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    private static Set<String> names(String folder, String suffix) throws IOException {
        try (var files = Files.walk(Path.of(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(suffix))
                    .map(name -> name.substring(0, name.length() - suffix.length()))
                    .collect(Collectors.toSet());
        }
    }
}
