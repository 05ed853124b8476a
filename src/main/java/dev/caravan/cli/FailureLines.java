package dev.caravan.cli;

import dev.caravan.CertificateFileException;
import dev.caravan.LocalServerException;
import dev.caravan.PrintableText;
import dev.caravan.SettingException;
import dev.caravan.database.DatabaseUnavailableException;
import dev.caravan.ledger.TooManyTagKeysException;
import dev.caravan.openstack.plots.PlotException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.postgresql.util.PSQLException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns every failure into one line on stderr with what to do next, and exit code 2. */
final class FailureLines implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final Terminal terminal;

    FailureLines(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String problem = firstLine(failure);
        String hint = "";
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String argument = unmatched.getUnmatched().get(0);
            boolean option = unmatched.isUnknownOption();
            problem = "unknown " + (option ? "option" : command.getSubcommands().isEmpty() ? "argument" : "command")
                    + " '" + argument + "'";
            hint = unmatched.getSuggestions().stream()
                    .findFirst()
                    .map(suggestion -> "did you mean " + suggestion + "? ")
                    .orElse("");
        } else if (!(command.getCommand() instanceof Callable)) {
            problem = "name a command: "
                    + String.join(", ", command.getSubcommands().keySet());
        }
        print(name + ": " + problem + "; " + hint + "see `" + name + " --help`", failure, command);
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult result) {
        print("caravan: " + lineOf(failure), failure, command);
        return ExitCode.USAGE;
    }

    private void print(String line, Exception failure, CommandLine command) {
        terminal.err().println(PrintableText.of(line));
        CommandLine root = command;
        while (root.getParent() != null) {
            root = root.getParent();
        }
        if (root.getCommand() instanceof CaravanCommand caravan && caravan.stacktrace()) {
            failure.printStackTrace(terminal.err());
        }
    }

    /** One line for a person: what went wrong and the next step. */
    static String lineOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UsageException
                    || cause instanceof StoppedException
                    || cause instanceof TooManyTagKeysException
                    || cause instanceof PlotException
                    || cause instanceof LocalServerException
                    || cause instanceof CertificateFileException
                    || cause instanceof DatabaseUnavailableException) {
                return cause.getMessage();
            }
            if (NestedExceptionUtils.getMostSpecificCause(cause) instanceof SettingException setting) {
                return setting.getMessage();
            }
            if (cause instanceof BindException bind) {
                return "setting " + bind.getName() + " cannot be used ("
                        + firstLine(NestedExceptionUtils.getMostSpecificCause(bind))
                        + "): correct it in config/application.yaml or in its environment variable";
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return lineOf(sql);
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CannotGetJdbcConnectionException
                    || cause instanceof CannotCreateTransactionException) {
                return "the database gives no connection ("
                        + firstLine(NestedExceptionUtils.getMostSpecificCause(cause))
                        + "): see whether it runs, and repeat" + " the command";
            }
            if (cause instanceof IOException) {
                return "cannot read or write (" + cause.getClass().getSimpleName() + ": " + firstLine(cause)
                        + "): correct that and repeat the command";
            }
        }
        return "internal error (" + failure.getClass().getSimpleName() + ": "
                + firstLine(NestedExceptionUtils.getMostSpecificCause(failure))
                + "): repeat the command with --stacktrace and report what it prints";
    }

    private static String lineOf(SQLException failure) {
        String message = failure instanceof PSQLException server && server.getServerErrorMessage() != null
                ? server.getServerErrorMessage().getMessage()
                : firstLine(failure);
        return switch (failure.getSQLState()) {
            case "42P01", "3F000", "42883", "42703" ->
                "the database is empty or older than this Caravan (" + message + "): run `migrate`";
            // What a stored function refuses, in words for whoever asked.
            case "CV010", "CV011", "CV012" -> message;
            case "42501" -> message + ": grant it, or run `migrate` in the role that owns the tables";
            case "57014" ->
                "a statement took longer than caravan.database.statement-timeout allows: ask for less at once, or raise it";
            case "55P03" -> message + ": try again when that one has ended";
            default ->
                failure.getSQLState().startsWith("08") || failure.getSQLState().startsWith("57P")
                        ? "the database was lost (" + message + "): see whether it runs, and repeat the command"
                        : "the database refused a statement (" + message
                                + "): repeat the command with --stacktrace and report what it prints";
        };
    }

    private static String firstLine(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return message.lines().findFirst().orElse("");
    }
}
