using System.CommandLine;
using Latch.Bundle;
using Latch.Cli.Output;

namespace Latch.Cli.Commands;

/// <summary><c>latch keygen</c>: a key that signs models.</summary>
internal static class KeygenCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string> output = new("--output", "-o") { Description = "The private key's file; the public key is put beside it, ending in .pub.pem.", HelpName = "KEY", Required = true };
        CommonOptions.NoDash(output);
        Option<string?> passphrase = TargetOptions.PassphraseFile();
        Command command = new("keygen", "Makes a key that signs models (ECDSA P-256). A file that exists is never written over.") { output, passphrase };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(output);
            string id = BundleKeys.Create(path, TargetOptions.Passphrase(parsed.GetValue(passphrase)));
            terminal.Out.WriteLine($"key {id}");
            terminal.Out.WriteLine($"private: {path} (keep it; 'latch build --sign {path}' signs with it)");
            terminal.Out.WriteLine($"public:  {BundleKeys.PublicPath(path)} (for /etc/latch/keys on the boards; 'latch build --sign' puts it into the agent's package)");
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
