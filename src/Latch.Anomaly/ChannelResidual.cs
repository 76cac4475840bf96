namespace Latch.Anomaly;

/// <summary>Location and spread of one channel's residual (observed less forecast) in training, in the readings' unit.</summary>
/// <param name="Mean">Mean residual.</param>
/// <param name="Deviation">Standard deviation of the residual; above 0.</param>
public readonly record struct ChannelResidual(double Mean, double Deviation);
