namespace Latch.Import;

/// <summary>Why a model was refused.</summary>
public enum ImportErrorCode
{
    /// <summary>The file cannot be read: it is missing, locked, or larger than 2 GiB.</summary>
    Unreadable,

    /// <summary>The bytes are not an ONNX model, or end too early.</summary>
    NotOnnx,

    /// <summary>The operator set is missing, or older or newer than those supported.</summary>
    UnsupportedOpset,

    /// <summary>The graph itself is broken: cycles, names written twice or never, no outputs.</summary>
    BrokenGraph,

    /// <summary>A tensor stored in the file contradicts itself: element count, type or location.</summary>
    BrokenTensor,

    /// <summary>A stored weight is not a finite number.</summary>
    NotFinite,

    /// <summary>An operator that is not supported.</summary>
    UnsupportedOperator,

    /// <summary>An attribute, an input form or an element type that is not supported.</summary>
    UnsupportedForm,

    /// <summary>The shapes of an operator's inputs do not fit together.</summary>
    ShapeMismatch,

    /// <summary>A dimension cannot be fixed, or contradicts the requested number of steps.</summary>
    UnresolvedShape,

    /// <summary>A JSON file that describes layers has an unknown member, a wrong value or an unknown layer, or describes none.</summary>
    BrokenDescription,

    /// <summary>The bytes are not a safetensors file, contradict themselves, or end too early.</summary>
    NotSafetensors,

    /// <summary>A tensor that a layer needs is not in the file with the weights, or no layer uses one that is there.</summary>
    MissingTensor,

    /// <summary>The bytes are not a TensorFlow Lite model, point outside of themselves, or end too early.</summary>
    NotTfLite,
}

/// <summary>A model was refused. The message says what, where, and what to do; nothing was imported.</summary>
public sealed class ImportException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">Why the model was refused.</param>
    /// <param name="source">The file or the name it was given.</param>
    /// <param name="detail">What is wrong and what to do.</param>
    /// <param name="node">The node concerned; empty when none is.</param>
    /// <param name="operatorName">Its operator; empty when none is concerned.</param>
    /// <param name="attribute">The attribute or input concerned; empty when none is.</param>
    /// <param name="inner">The cause, if another exception is.</param>
    public ImportException(
        ImportErrorCode code, string source, string detail,
        string node = "", string operatorName = "", string attribute = "", Exception? inner = null)
        : base(Compose(source, detail, node, operatorName, attribute), inner)
    {
        Code = code;
        SourceName = source;
        Node = node;
        OperatorName = operatorName;
        Attribute = attribute;
        Detail = detail;
    }

    /// <summary>Why the model was refused.</summary>
    public ImportErrorCode Code { get; }

    /// <summary>The file or the name it was given.</summary>
    public string SourceName { get; }

    /// <summary>The node concerned; empty when none is.</summary>
    public string Node { get; }

    /// <summary>The operator concerned; empty when none is.</summary>
    public string OperatorName { get; }

    /// <summary>The attribute or input concerned; empty when none is.</summary>
    public string Attribute { get; }

    /// <summary>The message without source, node and attribute.</summary>
    internal string Detail { get; }

    private static string Compose(string source, string detail, string node, string operatorName, string attribute)
    {
        string where = operatorName.Length == 0 ? "" : $": node '{node}' ({operatorName})";
        string part = attribute.Length == 0 ? "" : $", {attribute}";
        return $"{source}{where}{part}: {detail}";
    }
}
