namespace Latch.Sensors.Iio;

/// <summary>Attributes of a device that have been changed; disposing puts them back as they were found, the last first.</summary>
internal sealed class IioSettings : IDisposable
{
    private readonly Stack<(string Path, string Found)> _changed = [];

    /// <summary>Writes an attribute that holds another value.</summary>
    /// <exception cref="SensorException">The attribute cannot be written.</exception>
    internal void Set(string path, string value)
    {
        string found = IioFile.Read(path);
        if (found == value)
            return;
        IioFile.Write(path, value);
        _changed.Push((path, found));
    }

    public void Dispose()
    {
        while (_changed.TryPop(out (string Path, string Found) attribute))
        {
            try
            {
                IioFile.Write(attribute.Path, attribute.Found);
            }
            catch (SensorException)
            {
                // The device is gone, and with it what was set.
            }
        }
    }
}
