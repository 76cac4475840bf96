using Latch.Model.Validation;

namespace Latch.Model;

/// <summary>Checks a definition against the rules of FORMAT.md, before it is written and after it is read.</summary>
public static class ModelValidator
{
    private const int MaxChannels = 1 << 16;
    private const int MaxReasonLength = 1 << 16;

    /// <summary>Checks every rule about names, numbers, constants, layers, plans and operations.</summary>
    /// <param name="model">The definition.</param>
    /// <param name="source">What messages call it; the model's name by default.</param>
    /// <exception cref="ModelFormatException">A rule is broken.</exception>
    public static void Validate(ModelDefinition model, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        RuleScope scope = new(source ?? model.Name ?? "model");
        scope.CheckName(model.Name, "name");
        CheckChannels(scope, model);
        CheckProvenance(scope.Inside("provenance"), model.Provenance);
        ConstantRules constants = new(model.Constants);
        constants.CheckAll(scope);
        CheckLayers(scope, model, constants);
        CheckPlans(scope, model, constants);
        constants.CheckAllUsed(scope);
        if (AccumulatorBounds.FindViolation(model) is { } violation)
            throw scope.Error(ModelFormatCode.Bound, violation);
    }

    private static void CheckChannels(RuleScope scope, ModelDefinition model)
    {
        scope.CheckPresent(model.Channels, ModelFormatCode.Channel, "list of channels");
        scope.CheckRange(model.Channels.Count, 0, MaxChannels, "number of channels");
        scope.CheckFinite(model.SampleRateHz, 0, ModelFormatCode.Channel, "sample rate");
        HashSet<string> names = [];
        foreach (Channel channel in model.Channels)
        {
            scope.CheckPresent(channel, ModelFormatCode.Channel, "channel");
            scope.CheckName(channel.Name, "channel's name");
            RuleScope inside = scope.Inside($"channel '{channel.Name}'");
            if (!names.Add(channel.Name))
                throw inside.Error(ModelFormatCode.Duplicate, "Another channel has the same name.");
            inside.CheckPresent(channel.Unit, ModelFormatCode.Channel, "unit");
            inside.CheckKind(channel.Transform, ChannelTransform.Log1p);
            inside.CheckFinite(channel.Mean, double.MinValue, ModelFormatCode.Channel, "mean");
            inside.CheckFinite(channel.Deviation, double.Epsilon, ModelFormatCode.Channel, "deviation");
            if (channel.Limit is { } limit)
                inside.CheckFinite(limit, double.Epsilon, ModelFormatCode.Channel, "limit");
        }
    }

    private static void CheckProvenance(RuleScope scope, Provenance? provenance)
    {
        scope.CheckPresent(provenance, ModelFormatCode.Provenance, "record");
        foreach (string? hash in new[] { provenance!.SourceSha256, provenance.CalibrationSha256 })
        {
            bool isHash = hash is { Length: 0 } || (hash is { Length: 64 } && !hash.AsSpan().ContainsAnyExcept("0123456789abcdef"));
            if (!isHash)
                throw scope.Error(ModelFormatCode.Provenance, $"'{hash}' is no SHA-256 in lower-case hex.");
        }
        if (provenance.ToolVersion is null || provenance.SourceFile is null || provenance.Method is null || provenance.SourceBytes < 0)
            throw scope.Error(ModelFormatCode.Provenance, "Its texts must be there (they may be empty) and its sizes must not be negative.");
        scope.CheckPresent(provenance.Figures, ModelFormatCode.Provenance, "table of figures");
        foreach ((string name, double value) in provenance.Figures)
        {
            scope.CheckName(name, "figure's name");
            scope.CheckFinite(value, double.MinValue, ModelFormatCode.Provenance, $"figure '{name}'");
        }
        foreach (string reason in provenance.Reasons ?? [])
        {
            if (string.IsNullOrEmpty(reason) || reason.Length > MaxReasonLength || RuleScope.HasControl(reason))
                throw scope.Error(ModelFormatCode.Provenance, $"A reason must have 1 to {MaxReasonLength} characters, none of them a control character.");
        }
    }

    private static void CheckLayers(RuleScope scope, ModelDefinition model, ConstantRules constants)
    {
        scope.CheckPresent(model.Layers, ModelFormatCode.Layer, "list of layers");
        HashSet<string> names = [];
        foreach (RecurrentLayer layer in model.Layers)
        {
            scope.CheckPresent(layer, ModelFormatCode.Layer, "layer");
            scope.CheckName(layer.Name, "layer's name");
            RuleScope inside = scope.Inside($"layer '{layer.Name}'");
            if (!names.Add(layer.Name))
                throw inside.Error(ModelFormatCode.Duplicate, "Another layer has the same name.");
            LayerRules.Check(inside, layer, constants);
        }
    }

    private static void CheckPlans(RuleScope scope, ModelDefinition model, ConstantRules constants)
    {
        if (model.Step is null && model.Sequence is null)
            throw scope.Error(ModelFormatCode.Plan, "It has neither a step plan nor a sequence plan.");
        if (model.Step is null != !string.IsNullOrEmpty(model.NotStreamable))
            throw scope.Error(ModelFormatCode.Plan, "It must say why it cannot be streamed exactly when it has no step plan.");
        if (model.Step is { Steps: not 1 })
            throw scope.Error(ModelFormatCode.Plan, $"Its step plan takes {model.Step.Steps} steps, not 1.");
        HashSet<int> layers = [];
        foreach ((Plan? plan, string name) in new[] { (model.Step, "step plan"), (model.Sequence, "sequence plan") })
        {
            if (plan is not null)
                layers.UnionWith(PlanRules.Check(scope.Inside(name), model, plan, constants));
        }
        if (layers.Count != model.Layers.Count)
            throw scope.Error(ModelFormatCode.Layer, "It has a layer that no plan runs.");
    }
}
