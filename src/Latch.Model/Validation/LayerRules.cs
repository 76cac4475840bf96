namespace Latch.Model.Validation;

/// <summary>Rules of one recurrent layer (NUMERICS.md sections 3 to 5).</summary>
internal static class LayerRules
{
    private const int MaxSize = 1 << 16;

    internal static void Check(RuleScope scope, RecurrentLayer layer, ConstantRules constants)
    {
        scope.CheckKind(layer.Kind, CellKind.Rnn);
        scope.CheckRange(layer.InputSize, 1, MaxSize, "input size");
        scope.CheckRange(layer.HiddenSize, 1, MaxSize, "hidden size");
        scope.CheckQuantization(layer.Input, "input");
        scope.CheckQuantization(layer.Hidden, "hidden state");
        scope.CheckRescale(layer.HiddenRescale, "hidden rescale");
        scope.CheckRange(layer.Shift, 1, 62, "shift");
        scope.CheckRange(layer.BiasFractionBits, 0, Math.Min(20, 13 + layer.Shift), "number of bias fraction bits");
        CheckConstants(scope, layer, constants);
        CheckActivations(scope, layer);
        CheckLstm(scope, layer);
        CheckGru(scope, layer);
    }

    private static void CheckConstants(RuleScope scope, RecurrentLayer layer, ConstantRules constants)
    {
        int rows = layer.GateCount * layer.HiddenSize;
        constants.CheckOwnWeights(scope, layer.InputWeights, "input weights", rows, layer.InputSize);
        constants.CheckOwnWeights(scope, layer.RecurrentWeights, "recurrent weights", rows, layer.HiddenSize);
        constants.CheckNumbers(scope, layer.Bias, "biases", rows);
        constants.CheckNumbers(scope, layer.InputMultipliers, "input multipliers", rows);
        constants.CheckNumbers(scope, layer.RecurrentMultipliers, "recurrent multipliers", rows);
        if (layer.RecurrentBias is { } recurrentBias)
            constants.CheckNumbers(scope, recurrentBias, "recurrent biases", layer.HiddenSize);
        if (layer.Peepholes is { } peepholes)
            constants.CheckNumbers(scope, peepholes, "peepholes", 3 * layer.HiddenSize);
    }

    private static void CheckActivations(RuleScope scope, RecurrentLayer layer)
    {
        if (layer.PreActivationLimits is null || layer.PreActivationLimits.Count != layer.GateCount)
            throw scope.Error(ModelFormatCode.Layer, $"It needs {layer.GateCount} pre-activation limits, one per gate.");
        for (int gate = 0; gate < layer.GateCount; gate++)
        {
            bool isCandidate = gate == layer.GateCount - 1 && layer.Kind != CellKind.Rnn;
            scope.CheckActivation(isCandidate ? layer.CandidateActivation : layer.GateActivation, layer.PreActivationLimits[gate], $"gate {gate}");
        }
        bool isLstm = layer.Kind == CellKind.Lstm;
        if (layer.Kind == CellKind.Rnn && layer.CandidateActivation != default)
            throw scope.Error(ModelFormatCode.Layer, "An RNN has no candidate activation; it must be Identity.");
        if (isLstm)
            scope.CheckActivation(layer.OutputActivation, 1, "output activation");
        else if (layer.OutputActivation != default)
            throw scope.Error(ModelFormatCode.Layer, "Only an LSTM has an output activation; it must be Identity.");
    }

    private static void CheckLstm(RuleScope scope, RecurrentLayer layer)
    {
        scope.CheckFinite(layer.CellRange, 0, ModelFormatCode.Range, "cell range");
        if (layer.Kind == CellKind.Lstm)
            scope.CheckRange(layer.CellFractionBits, 18, 24, "number of cell fraction bits");
        else if (layer.CellFractionBits != 0 || layer.CellRange != 0 || layer.InputForget || layer.Peepholes is not null)
            throw scope.Error(ModelFormatCode.Layer, "Only an LSTM has a cell state, peepholes and input_forget.");
    }

    private static void CheckGru(RuleScope scope, RecurrentLayer layer)
    {
        bool isGru = layer.Kind == CellKind.Gru;
        if (layer.LinearBeforeReset && !isGru)
            throw scope.Error(ModelFormatCode.Layer, "Only a GRU has linear_before_reset.");
        if ((layer.RecurrentBias is not null) != (isGru && layer.LinearBeforeReset))
            throw scope.Error(ModelFormatCode.Layer, "A GRU with linear_before_reset has a recurrent bias, no other layer has one.");
        if ((layer.ResetHidden is not null) != (isGru && !layer.LinearBeforeReset))
            throw scope.Error(ModelFormatCode.Layer, "A GRU without linear_before_reset has codes for r h, no other layer has them.");
        if (layer.ResetHidden is not null)
            scope.CheckQuantization(layer.ResetHidden, "reset hidden state");
        scope.CheckRescale(layer.ResetHiddenRescale, "reset hidden rescale");
    }
}
