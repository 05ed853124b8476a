package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing that gives access to a payload is left in a text, however the text writes the address. */
class MaskedAddressesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    no address? none                          | no address? none
                    http://h/p                                | http://h/p
                    http://h/p?k=hidden then more             | http://h/p?******** then more
                    two: http://h?hidden and https://i/?hidden | two: http://h?******** and https://i/?********
                    s3://u:hidden@h:1/p                       | s3://********@h:1/p
                    {"url":"https://h/p?k=hidden","n":1}      | {"url":"https://h/p?********","n":1}
                    {"url":"https:\\/\\/h\\/p?k=hidden"}          | {"url":"https:\\/\\/h\\/p?********"}
                    {"url":"https://h/p\\u003Fk=hidden"}       | {"url":"https://h/p?********"}
                    {"url":"https://h/p?k=a\\"hidden","n":1}   | {"url":"https://h/p?********","n":1}
                    {"url":"https://h/a b?k= hidden","n":1}   | {"url":"https://h/a b?********","n":1}
                    {"url":"https://h/a\\"b?k=hidden"}         | {"url":"https://h/a\\"b?********"}
                    """)
    void whatGivesAccessIsMasked(String text, String masked) {
        assertThat(MaskedAddresses.in(text)).isEqualTo(masked);
    }

    @Test
    void longTextsFromOutsideTakeNoTime() {
        for (String part : new String[] {"a", ":", "://", "://a", "\"a://", "a://b?c\\", "\\\"", "@", "://@?"}) {
            Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThatNoException()
                    .isThrownBy(() -> MaskedAddresses.in(part.repeat(200_000))));
        }
    }
}
