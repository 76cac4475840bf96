using Latch.Board.Probe;

// Runs the lines of standard input on sources and outputs of Latch.Sensors, and says what came of each on standard output.
using Script script = new(Console.Out);
while (Console.ReadLine() is { } line)
{
    if (!script.Run(line))
        return 1;
}

return 0;
