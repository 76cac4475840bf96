using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Latch.Bundle;
using Latch.Model;

namespace Latch.Targets.Build;

/// <summary><c>latch build</c>: agent, bundle and packages for a board in one folder.</summary>
internal static class TargetBuild
{
    public const string ResultFile = "build.json", BundleFolder = "bundle";

    /// <summary>Builds.</summary>
    /// <param name="request">What.</param>
    /// <param name="tell">Receives a line for each thing done.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<BuildResult> RunAsync(BuildRequest request, Action<string> tell, CancellationToken cancellation)
    {
        if (request.Configuration is { } configuration)
            CheckJson(configuration);
        string name = request.Name ?? NameOf(request.Model);
        if (!BundleManifest.IsName(name))
            throw new TargetException($"'{name}' cannot be the name of a model's package: it needs lower-case letters, digits and single hyphens. Give one with --name.");
        using ECDsa? key = request.Key is { } path ? BundleKeys.LoadPrivate(path, request.Passphrase) : null;
        TargetException.Guard(request.Output, () => Directory.CreateDirectory(request.Output));
        string work = Directory.CreateTempSubdirectory("latch-build-").FullName;
        try
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
            tell($"model: {name} {request.Version}, {(key is null ? "not signed" : $"signed by key {BundleKeys.Id(key)}")}, {GoldenVectors.DefaultSteps} golden steps");
            byte[] program = File.ReadAllBytes(await AgentProvider.GetAsync(request.Target, request.Agent, work, tell, cancellation).ConfigureAwait(false));
            (string, string)[] keys = key is null ? [] : [($"{BundleKeys.Id(key)}.pem", key.ExportSubjectPublicKeyInfoPem() + "\n")];
            (string agentPackage, string content) = await Packages.AgentAsync(request, program, keys, cancellation).ConfigureAwait(false);
            tell($"package: {Path.Combine(request.Output, agentPackage)}");
            string modelPackage = await Packages.ModelAsync(request, name, bundle, cancellation).ConfigureAwait(false);
            tell($"package: {Path.Combine(request.Output, modelPackage)}");
            BuildResult result = new(request.Target.Name, name, request.Version, key is null ? null : BundleKeys.Id(key),
                agentPackage, content, modelPackage, BundleFolder);
            Save(Path.Combine(request.Output, ResultFile), result);
            return result;
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

    private static void CheckJson(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new TargetException($"{path}: it cannot be the agent's configuration: {(exception is JsonException json ? JsonFault.Of(json) : exception.Message)} 'latch-agent check --config {path}' says all that is wrong.", exception);
        }
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
