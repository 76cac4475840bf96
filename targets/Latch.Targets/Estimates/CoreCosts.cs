using System.Text.Json;
using System.Text.Json.Serialization;

namespace Latch.Targets.Estimates;

/// <summary>Cycles of one core, derived from targets/model/results: model/cores.json.</summary>
/// <param name="Id">Name in the profiles.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Kernel">Kernel the numbers are of.</param>
/// <param name="LstmMac">Cycles a multiply-accumulate.</param>
/// <param name="LstmUnit">Cycles a unit for all that is no product.</param>
/// <param name="GruMac">The same for a GRU.</param>
/// <param name="GruUnit">The same for a GRU.</param>
/// <param name="SecondCacheBytes">Bytes a cycle from the second cache; assumed.</param>
/// <param name="MemoryBytes">Bytes a cycle from memory; assumed.</param>
/// <param name="Source">Where the numbers are from.</param>
internal sealed record CoreCosts(
    string Id, string Name, string Kernel, double LstmMac, double LstmUnit, double GruMac, double GruUnit, double SecondCacheBytes, double MemoryBytes, string Source)
{
    private static readonly Lazy<IReadOnlyList<CoreCosts>> s_all = new(() =>
        JsonSerializer.Deserialize(Resources.Text("cores.json"), CoreJson.Default.CoreTable)!.Cores);

    /// <summary>Every core that step times are estimated for.</summary>
    public static IReadOnlyList<CoreCosts> All => s_all.Value;

    /// <summary>The core of a profile; null when there is no estimate for it.</summary>
    public static CoreCosts? Find(string id) => All.FirstOrDefault(core => core.Id == id);
}

/// <summary>model/cores.json.</summary>
/// <param name="Comment">What the numbers mean.</param>
/// <param name="Cores">The cores.</param>
internal sealed record CoreTable(string Comment, IReadOnlyList<CoreCosts> Cores);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CoreTable))]
internal sealed partial class CoreJson : JsonSerializerContext;
