using System.Text.Json.Serialization;

namespace Latch.Model.Container;

/// <summary>The model definition without its constants, as the header's definition text holds it.</summary>
internal sealed record DefinitionDocument
{
    public required string Name { get; init; }

    public required IReadOnlyList<Channel> Channels { get; init; }

    public required double SampleRateHz { get; init; }

    public required IReadOnlyList<RecurrentLayer> Layers { get; init; }

    public required Plan? Step { get; init; }

    public required Plan? Sequence { get; init; }

    public required string? NotStreamable { get; init; }

    public required Provenance Provenance { get; init; }

    internal static DefinitionDocument Of(ModelDefinition model) => new()
    {
        Name = model.Name,
        Channels = model.Channels,
        SampleRateHz = model.SampleRateHz,
        Layers = model.Layers,
        Step = model.Step,
        Sequence = model.Sequence,
        NotStreamable = model.NotStreamable,
        Provenance = model.Provenance,
    };

    internal ModelDefinition With(IReadOnlyDictionary<string, ConstantTensor> constants) => new()
    {
        Name = Name,
        Channels = Channels,
        SampleRateHz = SampleRateHz,
        Layers = Layers,
        Step = Step,
        Sequence = Sequence,
        NotStreamable = NotStreamable,
        Provenance = Provenance,
        Constants = constants,
    };
}

/// <summary>Serializer without reflection; strict in every way System.Text.Json offers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(DefinitionDocument))]
internal sealed partial class DefinitionJsonContext : JsonSerializerContext;
