package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapLabelsFunctionTest extends FunctionTestBase {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "null",
            textBlock =
                    """
                    {"a": "1"}                     | null                     | {"a": "1"}
                    {}                             | {"a": "p"}               | {}
                    {"b": "1"}                     | {"a": "p"}               | {"b": "1"}
                    {"a": "1", "b": "2"}           | {"a": "p"}               | {"b": "2", "p": "1"}
                    {"a": "1", "p": "own"}         | {"a": "p"}               | {"p": "own"}
                    {"z": "1", "p": "own"}         | {"z": "p"}               | {"p": "own"}
                    {"a": "1", "b": "2"}           | {"a": "p", "b": "p"}     | {"p": "1"}
                    {"a": "1", "b": "2", "p": ""}  | {"a": "p", "b": "p"}     | {"p": ""}
                    {"a": "1", "b": "2"}           | {"a": "p", "b": "q"}     | {"p": "1", "q": "2"}
                    """)
    void childKeysTakeTheNameOfTheirParent(String labels, String parents, String mapped) {
        assertThat(database.text("select caravan.map_labels(?::jsonb, ?::jsonb)::text", labels, parents))
                .isEqualTo(mapped);
    }
}
