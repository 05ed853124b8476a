package dev.caravan.cli;

import dev.caravan.PrintableText;
import dev.caravan.bench.Progress;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Lines as payloads are done, and below them, on a terminal only, a bar. */
final class IngestProgress implements Progress, AutoCloseable {
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final int REFRESH_MILLISECONDS = 200;

    private final Terminal terminal;
    private final ProgressBar bar;

    IngestProgress(Terminal terminal, int payloads) {
        this(terminal, "ingest", payloads);
    }

    IngestProgress(Terminal terminal, String task, int payloads) {
        this(terminal, task, " payloads", payloads);
    }

    /** @param unit what there are so many of, with a space before it */
    IngestProgress(Terminal terminal, String task, String unit, int count) {
        this.terminal = terminal;
        this.bar = terminal.interactive()
                ? new ProgressBarBuilder()
                        .setTaskName(task)
                        .setUnit(unit, 1)
                        .setInitialMax(count)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(REFRESH_MILLISECONDS)
                        .setConsumer(new ConsoleProgressBarConsumer(terminal.err()))
                        .build()
                : null;
    }

    /** Says what became of one of them. */
    void payload(String line) {
        clear();
        terminal.out().println(line);
        step();
    }

    @Override
    public void step() {
        if (bar != null) {
            bar.step();
            bar.refresh();
        }
    }

    @Override
    public void note(String line) {
        clear();
        terminal.err().println(PrintableText.of(line));
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }

    private void clear() {
        if (bar != null) {
            terminal.err().print(CLEAR_LINE);
            terminal.err().flush();
        }
    }
}
