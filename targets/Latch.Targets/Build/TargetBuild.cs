using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Latch.Agent.Service;
using Latch.Bundle;
using Latch.Model;

namespace Latch.Targets.Build;

/// <summary><c>latch build</c>: agent, bundle and packages for a board in one folder.</summary>
internal static class TargetBuild
{
    public const string ResultFile = "build.json", BundleFolder = "bundle";

    private const string HowToSign = "make a key with 'latch keygen -o model.pem' and build with --sign model.pem";

    /// <summary>Builds. What is refused leaves no files behind.</summary>
    /// <param name="request">What.</param>
    /// <param name="tell">Receives a line for each thing done.</param>
    /// <param name="warn">Receives what is allowed, but unsafe or in vain.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<BuildResult> RunAsync(BuildRequest request, Action<string> tell, Action<string> warn, CancellationToken cancellation)
    {
        string name = request.Name ?? NameOf(request.Model);
        if (!BundleManifest.IsName(name))
            throw new TargetException($"'{name}' cannot be the name of a model's package: it needs lower-case letters, digits and single hyphens. Give one with --name.");
        Check(request, warn);
        using ECDsa? key = request.Key is { } path ? BundleKeys.LoadPrivate(path, request.Passphrase) : null;
        bool isNew = !Directory.Exists(request.Output);
        TargetException.Guard(request.Output, () => Directory.CreateDirectory(request.Output));
        string work = Directory.CreateTempSubdirectory("latch-build-").FullName;
        try
        {
            tell($"model: {name} {request.Version}, {(key is null ? "not signed" : $"signed by key {BundleKeys.Id(key)}")}, {GoldenVectors.DefaultSteps} golden steps");
            byte[] program = File.ReadAllBytes(await AgentProvider.GetAsync(request.Target, request.Agent, work, tell, cancellation).ConfigureAwait(false));
            return await PackAsync(request, name, program, key, tell, cancellation).ConfigureAwait(false);
        }
        catch when (isNew)
        {
            Directory.Delete(request.Output, recursive: true);
            throw;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>What a folder holds that this command wrote.</summary>
    public static BuildResult Load(string folder)
    {
        string path = Path.Combine(folder, ResultFile);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), BuildJson.Default.BuildResult) ?? throw new JsonException("It holds nothing.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new TargetException($"{path}: it cannot be read: {exception.Message} Build the packages with 'latch build --target NAME --model M.latch -o {folder}'.", exception);
        }
    }

    // The name of the file, as far as a package may have it.
    private static string NameOf(string model)
    {
        char[] letters = [.. Path.GetFileNameWithoutExtension(model).ToLowerInvariant().Select(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) ? letter : '-')];
        return string.Join('-', new string(letters).Split('-', StringSplitOptions.RemoveEmptyEntries));
    }

    private static void Check(BuildRequest request, Action<string> warn)
    {
        string configuration = request.Configuration ?? "agent.json";
#pragma warning disable CA1416 // The agent runs on Linux only; its checks touch no device and run wherever packages are made.
        (IReadOnlyList<string> faults, bool allowsUnsigned) = PackageCheck.Run(Packages.Configuration(request), configuration, request.Model, request.Profile);
#pragma warning restore CA1416
        if (faults.Count > 0)
            throw new TargetException(string.Join('\n', faults));
        if (request.Key is null && !allowsUnsigned)
            warn($"warning: {configuration}: the agent takes signed models only (trust.allowUnsigned is not set) and will refuse this one, which is not signed: {HowToSign}.");
        else if (allowsUnsigned)
            warn($"warning: this agent accepts any unsigned model{(request.Configuration is null ? "" : $" ({configuration}: trust.allowUnsigned)")}. To accept signed ones only, {(request.Key is null ? HowToSign : "take trust.allowUnsigned out")}.");
    }

    private static async Task<BuildResult> PackAsync(BuildRequest request, string name, byte[] program, ECDsa? key, Action<string> tell, CancellationToken cancellation)
    {
        string bundle = Path.Combine(request.Output, BundleFolder);
        BundleWriter.Write(bundle, new BundleContent
        {
            Name = name,
            Version = request.Version,
            Created = request.Time,
            ModelPath = request.Model,
            ProfilePath = request.Profile,
            Limits = new BundleLimits(request.Target.Limits.StepMicroseconds, request.Target.Limits.MemoryMiB),
        }, key);
        (string, string)[] keys = key is null ? [] : [($"{BundleKeys.Id(key)}.pem", key.ExportSubjectPublicKeyInfoPem() + "\n")];
        (string agentPackage, string content) = await Packages.AgentAsync(request, program, keys, cancellation).ConfigureAwait(false);
        tell($"package: {Path.Combine(request.Output, agentPackage)}");
        string modelPackage = await Packages.ModelAsync(request, name, bundle, cancellation).ConfigureAwait(false);
        tell($"package: {Path.Combine(request.Output, modelPackage)}");
        BuildResult result = new(request.Target.Name, name, request.Version, key is null ? null : BundleKeys.Id(key), agentPackage, content, modelPackage, BundleFolder);
        Save(Path.Combine(request.Output, ResultFile), result);
        return result;
    }

    private static void Save(string path, BuildResult result) => TargetException.Guard(path, () => WholeFile.Write(path, stream =>
    {
        JsonSerializer.Serialize(stream, result, BuildJson.Default.BuildResult);
        stream.WriteByte((byte)'\n');
    }));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BuildResult))]
internal sealed partial class BuildJson : JsonSerializerContext;
