using Spectre.Console;
using SystemConsole = System.Console;

namespace Latch.Cli.Output;

/// <summary>Standard input, output and error of one run of the command.</summary>
internal sealed class Terminal
{
    private const int PlainWidth = 120;

    private readonly IAnsiConsole _tables;
    private readonly IAnsiConsole _progress;
    private readonly bool _outIsPlain;
    private readonly bool _errorIsPlain;

    private Terminal(TextReader input, TextWriter output, TextWriter error, bool outIsPlain, bool errorIsPlain, bool isProcess = false)
    {
        IsProcess = isProcess;
        (In, Out, Error, _outIsPlain, _errorIsPlain) = (input, output, error, outIsPlain, errorIsPlain);
        _tables = Make(output, outIsPlain);
        _progress = Make(error, errorIsPlain);
    }

    /// <summary>True for the process's own streams, which a child may inherit.</summary>
    public bool IsProcess { get; }

    public TextReader In { get; }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    /// <summary>The process's own streams.</summary>
    public static Terminal System()
    {
        SystemConsole.SetOut(new StandardOutput(SystemConsole.Out)); // set, so that it is still known to be a terminal's
        return new(SystemConsole.In, SystemConsole.Out, SystemConsole.Error, SystemConsole.IsOutputRedirected, SystemConsole.IsErrorRedirected, isProcess: true);
    }

    /// <summary>Captured streams: plain text.</summary>
    public static Terminal Of(TextReader input, TextWriter output, TextWriter error) => new(input, output, error, true, true);

    /// <summary>
    /// Writes a table: lines drawn on a terminal, columns separated by spaces when piped. Columns after the first are aligned to the right, but
    /// to the left where the first has no header (names and values).
    /// </summary>
    public void WriteTable(string title, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new() { Border = _outIsPlain ? TableBorder.None : TableBorder.Rounded };
        for (int column = 0; column < headers.Count; column++)
        {
            TableColumn header = new(Markup.Escape(headers[column])) { NoWrap = column == 0 };
            table.AddColumn(column == 0 || headers[0].Length == 0 ? header : header.RightAligned());
        }

        foreach (IReadOnlyList<string> row in rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        if (title.Length > 0)
            Out.WriteLine(title);
        if (!_outIsPlain)
        {
            _tables.Write(table);
            return;
        }

        StringWriter text = new() { NewLine = "\n" };
        Make(text, plain: true).Write(table);
        foreach (string line in text.ToString().TrimEnd('\n').Split('\n'))
            Out.WriteLine($"  {line.TrimEnd()}");
    }

    /// <summary>Writes one error message to standard error; where that cannot be written, the exit code alone tells.</summary>
    public void WriteError(string message)
    {
        try
        {
            Error.WriteLine($"latch: error: {message}");
        }
        catch (IOException)
        {
            return;
        }
    }

    /// <summary>Writes a remark to standard error, where it does not disturb what is piped.</summary>
    public void WriteNote(string message) => Error.WriteLine(message);

    /// <summary>Overwrites one line on a terminal with what goes on; nothing when piped.</summary>
    public void WriteStatus(bool wanted, FormattableString text)
    {
        if (wanted && !_errorIsPlain)
            Error.Write($"\r{FormattableString.Invariant(text)}   ");
    }

    /// <summary>Runs work in named stages with a progress bar on a terminal and one line per stage when piped.</summary>
    public async Task<T> WithProgress<T>(Func<Stages, Task<T>> work)
    {
        if (_errorIsPlain)
            return await work(new PlainStages(Error)).ConfigureAwait(false);
        return await _progress.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context => work(new BarStages(context))).ConfigureAwait(false);
    }

    private static IAnsiConsole Make(TextWriter writer, bool plain)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (plain)
            console.Profile.Width = PlainWidth;
        return console;
    }
}
