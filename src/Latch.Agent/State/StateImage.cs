using Latch.Agent.Models;

namespace Latch.Agent.State;

/// <summary>What a restart would lose: the session's integers, the last result, the detector's windows, and whose they are.</summary>
internal sealed class StateImage
{
    /// <summary>SHA-256 of the model's file.</summary>
    public string Fingerprint { get; set; } = "";

    /// <summary>Hash of the profile; 0 for none.</summary>
    public ulong ProfileHash { get; set; }

    /// <summary>When it was taken, in milliseconds since 1970.</summary>
    public long Time { get; set; }

    public int[] Session { get; set; } = [];

    public float[] Result { get; set; } = [];

    public double[] Detector { get; set; } = [];

    /// <summary>Makes room for a model's state; allocates only when another model runs.</summary>
    public void Fit(LoadedModel loaded, int session, int result, int detector)
    {
        (Fingerprint, ProfileHash) = (loaded.Fingerprint, loaded.ProfileHash);
        if (Session.Length != session)
            Session = new int[session];
        if (Result.Length != result)
            Result = new float[result];
        if (Detector.Length != detector)
            Detector = new double[detector];
    }
}
