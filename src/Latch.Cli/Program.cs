using System.Runtime.InteropServices;
using Latch.Cli;
using Latch.Cli.Output;

using CancellationTokenSource interrupted = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await LatchApp.RunAsync(args, Terminal.System(), interrupted.Token).ConfigureAwait(false);

void Stop(PosixSignalContext context)
{
    context.Cancel = !interrupted.IsCancellationRequested; // the second time ends a program that waits, as for the reader of a pipe
    interrupted.Cancel();
}
