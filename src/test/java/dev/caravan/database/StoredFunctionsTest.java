package dev.caravan.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rules that hold for every stored function. */
class StoredFunctionsTest {
    private static final Path FUNCTIONS = Path.of("src/main/resources/db/functions");
    private static final Path TESTS = Path.of("src/test/java");
    private static final Pattern CREATE =
            Pattern.compile("create or replace function caravan\\.(\\w+)", Pattern.CASE_INSENSITIVE);
    /** Data, not a function. */
    private static final String REPORT_COLUMNS = "R__report_columns.sql";

    private final OrganisationDatabase database = OrganisationDatabase.shared();

    @AfterEach
    void rollBack() {
        database.rollBack();
    }

    /** A function do_this has a class DoThisFunctionTest that calls it itself, not only through another function. */
    @Test
    void everyStoredFunctionHasATest() throws IOException {
        for (String function : functions()) {
            String className = Arrays.stream(function.split("_"))
                            .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                            .collect(Collectors.joining())
                    + "FunctionTest";
            try (Stream<Path> files = Files.walk(TESTS)) {
                List<Path> found =
                        files.filter(file -> file.endsWith(className + ".java")).toList();
                assertThat(found).as("%s for caravan.%s", className, function).hasSize(1);
                assertThat(Files.readString(found.get(0)))
                        .contains("caravan." + function + "(")
                        .containsPattern("@(Parameterized)?Test");
            }
        }
    }

    @Test
    void everyFileHasOneFunctionOfItsNameWithAWholeHeader() throws IOException {
        List<String> written = new ArrayList<>();
        for (Path file : files()) {
            String name = file.getFileName().toString();
            String text = Files.readString(file);
            List<String> created =
                    CREATE.matcher(text).results().map(match -> match.group(1)).toList();
            if (name.equals(REPORT_COLUMNS)) {
                assertThat(created).as(name).isEmpty();
                continue;
            }
            assertThat(created).as(name).hasSize(1);
            assertThat(name).isEqualTo("R__" + created.get(0) + ".sql");
            String header = text.substring(0, text.indexOf("create or replace"));
            assertThat(header.lines()).as(name).allMatch(line -> line.startsWith("--"));
            for (String heading : List.of("Purpose:", "Arguments:", "Returns:", "Invariant:", "Cost:")) {
                assertThat(header).as(name).containsPattern("(?m)^-- " + heading + "\\s+\\S");
            }
            written.add(created.get(0));
        }
        assertThat(written).containsExactlyInAnyOrderElementsOf(functions());
    }

    @Test
    void namesAreNotOverloaded() {
        assertThat(functions()).doesNotHaveDuplicates();
    }

    /** Those that make or drop partitions do what the application's role may not; they are few and fixed. */
    @Test
    void onlyFunctionsOverPartitionsRunAsTheirOwnerAndWithAFixedSearchPath() {
        assertThat(database.rows(
                        "select proname from pg_proc where pronamespace = 'caravan'::regnamespace and prosecdef"))
                .isSubsetOf("ensure_month", "drop_month");
        assertThat(database.rows(
                        "select proname from pg_proc where pronamespace = 'caravan'::regnamespace and prosecdef"
                                + " and not coalesce('search_path=pg_catalog, pg_temp' = any (proconfig), false)"))
                .isEmpty();
        assertThat(
                        database.rows(
                                "select proname from pg_proc where pronamespace = 'caravan'::regnamespace and not prosecdef and proconfig is not null"))
                .isEmpty();
    }

    @Test
    void helpersAreImmutableAndTheOthersArePlpgsql() {
        assertThat(
                        database.rows(
                                "select p.proname from pg_proc p join pg_language l on l.oid = p.prolang"
                                        + " where p.pronamespace = 'caravan'::regnamespace and l.lanname <> 'plpgsql' and p.provolatile <> 'i'"))
                .isEmpty();
    }

    private List<String> functions() {
        return database.rows("select proname from pg_proc where pronamespace = 'caravan'::regnamespace order by 1");
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(FUNCTIONS)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
