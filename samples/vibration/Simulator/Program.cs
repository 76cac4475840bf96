// A rotating machine with an accelerometer: recordings of it, or the machine itself, played into the registers of an emulated sensor.
using System.Globalization;
using System.Runtime.InteropServices;
using Latch.Samples.Vibration;

const string Usage = """
    usage: Simulator record SCENARIO -o FILE.csv[.gz]|FILE.bin [--labels FILE] [--seed N]
           Simulator play REGISTERS [--control FILE] [--seed N] ["COMMAND" ...]
           Simulator orders

    record  plays a scenario as fast as it can and writes x, y, z in g, 100 rows a second; in a .bin file the registers 0x30 to 0x37
    play    writes 100 samples a second into a register file (256 bytes, ADXL345 layout), or, each when the one before was read, into a chip of the
            emulated board (a folder such as /sys/bus/i2c/devices/i2c-1/chip-53), until it is stopped; commands come from the
            command line, standard input and the control file, which is read whenever it changes
    orders  prints the frequencies of the machine's parts as multiples of the shaft's speed

    """;

if (args.Length == 0 || args[0] is "-h" or "--help")
{
    Console.WriteLine($"{Usage}commands: {Rig.Commands}");
    return args.Length == 0 ? 2 : 0;
}

try
{
    Options options = Options.Parse(args);
    return (options.Command, options.Words) switch
    {
        ("record", [string scenario]) when options.Output is not null => Record(options, scenario),
        ("play", [string registers, .. string[] commands]) => Play(options, registers, commands),
        ("orders", []) => Orders(),
        _ => throw new SimulatorException($"the arguments do not fit.\n{Usage}"),
    };
}
catch (Exception error) when (error is SimulatorException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"Simulator: {error.Message}");
    return 3;
}

static int Record(Options options, string path)
{
    Scenario scenario = Scenario.Load(path);
    Recorder.Write(scenario, options.Seed, options.Output!, options.Labels);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Output}: {scenario.Samples} samples, {scenario.Samples / (60.0 * Adxl345.DataRate):0.#} minutes."));
    return 0;
}

static int Play(Options options, string registers, string[] commands)
{
    using CancellationTokenSource end = new();
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    Rig rig = new(options.Seed);
    foreach (string command in commands.Length > 0 ? commands : ["running 8 0.8"])
        rig.Do(command);
    using RegisterFile file = new(registers);
    Player player = new(rig, file, options.Control, Console.Out);
    Thread reader = new(() =>
    {
        while (Console.In.ReadLine() is { } line)
            player.Waiting.Enqueue(line);
    })
    { IsBackground = true };
    reader.Start();
    player.Play(end.Token);
    return 0;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        end.Cancel();
    }
}

static int Orders()
{
    Bearing bearing = Machine.Bearing;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cage {bearing.Cage:0.000}, outer race {bearing.OuterRace:0.000}, inner race {bearing.InnerRace:0.000}, ball {bearing.BallSpin:0.000} (strikes twice: {2 * bearing.BallSpin:0.000})"));
    return 0;
}
