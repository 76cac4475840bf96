using System.Text;
using Latch.Inspector.Tracks;
using Latch.Model;

namespace Latch.Inspector;

/// <summary>Channels that stand for characters: one of them is 1 in each step, the others 0.</summary>
/// <param name="Characters">One character per channel.</param>
internal sealed record CharacterInput(IReadOnlyList<string> Characters)
{
    private const string Unknown = "\uFFFD";

    /// <summary>The characters that channels are named for; null when a name is no character or a model scales its readings.</summary>
    public static CharacterInput? ByNames(IReadOnlyList<string> names, IReadOnlyList<InspectedModel> models)
    {
        string?[] characters = [.. names.Select(Character)];
        bool plain = models.All(static model => model.Model.Channels.All(static channel =>
            channel is { Transform: ChannelTransform.None, Mean: 0, Deviation: 1, Unit.Length: 0 }));
        return plain && names.Count > 1 && characters.All(static character => character is not null) ? new CharacterInput([.. characters.OfType<string>()]) : null;
    }

    /// <summary>Whether every sample held is one character.</summary>
    public bool Fits(RowRing<float> samples)
    {
        for (long step = samples.First; step < samples.End; step++)
            if (IndexOf(samples.Row(step)) < 0)
                return false;
        return samples.End > samples.First;
    }

    /// <summary>The character of a sample; a replacement character when it is not exactly one.</summary>
    public string Of(ReadOnlySpan<float> sample) => IndexOf(sample) is >= 0 and int index ? Characters[index] : Unknown;

    private static int IndexOf(ReadOnlySpan<float> sample)
    {
        int index = sample.IndexOf(1f);
        return index >= 0 && !sample[..index].ContainsAnyExcept(0f) && !sample[(index + 1)..].ContainsAnyExcept(0f) ? index : -1;
    }

    private static string? Character(string name) => name switch
    {
        "space" => " ",
        "newline" => "\n",
        "tab" => "\t",
        _ when name.EnumerateRunes().Count() == 1 && Rune.IsValid(name.EnumerateRunes().First().Value) => name,
        _ => null,
    };
}
